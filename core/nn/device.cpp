// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/device.h"

#include "core/base/error.h"
#include "core/base/log.h"

#include <fmt/format.h>

#include <array>
#include <dlfcn.h>
#include <filesystem>

namespace viva {
namespace {

/// The folder libtorch_cpu was loaded from.
std::filesystem::path torchLibraryFolder() {
    Dl_info info{};
    const auto address = reinterpret_cast<void*>(&at::get_num_threads);
    if (dladdr(address, &info) == 0 || info.dli_fname == nullptr)
        return {};
    return std::filesystem::path(info.dli_fname).parent_path();
}

/// Empty when CUDA can be used, else the reason why not.
std::string openCuda() {
    if (dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL) == nullptr)
        return "this computer has no NVIDIA driver (libcuda.so.1 is missing)";
    const auto library = torchLibraryFolder() / "libtorch_cuda.so";
    if (dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
        const char* reason = dlerror();
        return fmt::format("{} could not be opened: {}", library.string(),
                           reason == nullptr ? "unknown reason" : reason);
    }
    if (!torch::cuda::is_available())
        return "the NVIDIA driver is there but offers no usable GPU";
    return {};
}

const std::string& cudaObstacle() {
    static const std::string reason = [] {
        auto text = openCuda();
        log(LogLevel::Info, "nn", text.empty() ? "CUDA is available" : "no CUDA: " + text);
        return text;
    }();
    return reason;
}

/// The name the driver gives to a GPU; asked directly, as CUDA's headers need not be installed.
std::string cudaDeviceName(int index) {
    void* driver = dlopen("libcuda.so.1", RTLD_NOW);
    if (driver == nullptr)
        return {};
    using GetDevice = int (*)(int*, int);
    using GetName = int (*)(char*, int, int);
    const auto getDevice = reinterpret_cast<GetDevice>(dlsym(driver, "cuDeviceGet"));
    const auto getName = reinterpret_cast<GetName>(dlsym(driver, "cuDeviceGetName"));
    int device = 0;
    std::array<char, 256> name{};
    if (getDevice == nullptr || getName == nullptr || getDevice(&device, index) != 0 ||
        getName(name.data(), static_cast<int>(name.size()) - 1, device) != 0)
        return {};
    return name.data();
}

} // namespace

torch::Device findDevice(Device device) {
    if (device == Device::Cpu)
        return {torch::kCPU};
    const auto& obstacle = cudaObstacle();
    if (obstacle.empty())
        return {torch::kCUDA, 0};
    if (device == Device::Cuda)
        throw Error(
            ErrorCode::Device,
            fmt::format("device \"cuda\" cannot be used: {}; choose auto or cpu", obstacle));
    return {torch::kCPU};
}

std::string describeDevice(const torch::Device& device, int workers) {
    if (device.is_cpu())
        return fmt::format("CPU, {} thread{}", workers, workers == 1 ? "" : "s");
    const auto name = cudaDeviceName(device.has_index() ? device.index() : 0);
    return name.empty() ? "CUDA" : "CUDA: " + name;
}

void useOneOperatorThread() {
    at::set_num_threads(1);
}

torch::Dtype torchDtype(Dtype dtype) {
    return dtype == Dtype::BFloat16 ? torch::kBFloat16 : torch::kFloat32;
}

} // namespace viva
