// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/modelcard/device_memory.h"

#include <array>
#include <dlfcn.h>
#include <fstream>
#include <sstream>

namespace viva {
namespace {

/// "MemTotal:  123 kB" of a file in /proc; 0 when the line is not there.
std::uint64_t procBytes(const char* file, const std::string& key) {
    std::ifstream in(file);
    std::string line;
    while (std::getline(in, line))
        if (line.starts_with(key + ":")) {
            std::istringstream rest(line.substr(key.size() + 1));
            std::uint64_t kilobytes = 0;
            rest >> kilobytes;
            return kilobytes * 1024;
        }
    return 0;
}

template<typename Function>
Function symbol(void* library, const char* name) {
    return reinterpret_cast<Function>(dlsym(library, name));
}

/// Asks the driver about its first GPU. The totals need no context; what is free is not asked for,
/// as that would make one.
bool askDriver(DeviceMemory& memory) {
    void* driver = dlopen("libcuda.so.1", RTLD_NOW);
    if (driver == nullptr)
        return false;
    const auto init = symbol<int (*)(unsigned)>(driver, "cuInit");
    const auto get = symbol<int (*)(int*, int)>(driver, "cuDeviceGet");
    const auto name = symbol<int (*)(char*, int, int)>(driver, "cuDeviceGetName");
    const auto total = symbol<int (*)(std::size_t*, int)>(driver, "cuDeviceTotalMem_v2");
    int device = 0;
    std::size_t bytes = 0;
    std::array<char, 256> text{};
    if (init == nullptr || get == nullptr || name == nullptr || total == nullptr || init(0) != 0 ||
        get(&device, 0) != 0 || total(&bytes, device) != 0 ||
        name(text.data(), static_cast<int>(text.size()) - 1, device) != 0)
        return false;
    memory = {text.data(), true, bytes, bytes};
    return true;
}

} // namespace

DeviceMemory deviceMemory(Device device) {
    DeviceMemory memory;
    if (device != Device::Cpu && askDriver(memory))
        return memory;
    memory.device = "CPU";
    memory.totalBytes = procBytes("/proc/meminfo", "MemTotal");
    memory.freeBytes = procBytes("/proc/meminfo", "MemAvailable");
    return memory;
}

std::uint64_t peakMemoryBytes() {
    return procBytes("/proc/self/status", "VmHWM");
}

bool restartPeakMemory() {
    std::ofstream out("/proc/self/clear_refs");
    out << "5" << std::flush;
    return static_cast<bool>(out);
}

} // namespace viva
