// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/device.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

TEST(Device, AutoIsCudaWhereItWorksAndElseTheCpu) {
    const auto device = findDevice(Device::Auto);
    EXPECT_EQ(device.is_cuda(), torch::cuda::is_available());
    EXPECT_TRUE(findDevice(Device::Cpu).is_cpu());
}

TEST(Device, CudaIsGivenOrRefusedWithItsReason) {
    (void)findDevice(Device::Auto);
    if (torch::cuda::is_available()) {
        EXPECT_TRUE(findDevice(Device::Cuda).is_cuda());
        return;
    }
    try {
        (void)findDevice(Device::Cuda);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Device);
        EXPECT_NE(std::string(error.what()).find("choose auto or cpu"), std::string::npos);
    }
}

TEST(Device, IsDescribedInWords) {
    EXPECT_EQ(describeDevice(torch::kCPU, 1), "CPU, 1 thread");
    EXPECT_EQ(describeDevice(torch::kCPU, 4), "CPU, 4 threads");
}

TEST(Device, GivesTorchItsDtype) {
    EXPECT_EQ(torchDtype(Dtype::Float32), torch::kFloat32);
    EXPECT_EQ(torchDtype(Dtype::BFloat16), torch::kBFloat16);
}

} // namespace
} // namespace viva
