// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/device.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

TEST(Device, AutoIsCudaWhereItWorksAndElseTheCpu) {
    const auto device = findDevice("auto");
    EXPECT_EQ(device.is_cuda(), torch::cuda::is_available());
    EXPECT_TRUE(findDevice("cpu").is_cpu());
}

TEST(Device, CudaIsGivenOrRefusedWithItsReason) {
    (void)findDevice("auto");
    if (torch::cuda::is_available()) {
        EXPECT_TRUE(findDevice("cuda").is_cuda());
        return;
    }
    try {
        (void)findDevice("cuda");
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

TEST(Device, RefusesUnknownNames) {
    EXPECT_THROW((void)findDevice("tpu"), Error);
    EXPECT_THROW((void)dtypeFromName("float8"), Error);
    EXPECT_EQ(dtypeFromName("bfloat16"), torch::kBFloat16);
}

} // namespace
} // namespace viva
