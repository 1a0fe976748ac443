// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"

#include <cstdint>
#include <string>

namespace viva {

/// What a device could hold; 0 where the system does not say.
struct DeviceMemory {
    std::string device; ///< "CPU" or the GPU's name
    bool gpu = false;
    std::uint64_t totalBytes = 0;
    std::uint64_t freeBytes = 0; ///< without what other programs hold now
};

/// The memory a run on this device would live in, asked of the system and the driver, without
/// LibTorch. Auto and Cuda without a GPU give the CPU's.
[[nodiscard]] DeviceMemory deviceMemory(Device device);

/// Most memory this process held at once so far (VmHWM); 0 where the system does not say.
[[nodiscard]] std::uint64_t peakMemoryBytes();
/// Lets the count of peakMemoryBytes() begin again at what is held now. False where the system
/// does not allow that.
bool restartPeakMemory();

} // namespace viva
