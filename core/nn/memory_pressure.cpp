// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/memory_pressure.h"

#include "core/base/error.h"

#include <ATen/DeviceAccelerator.h>
#include <c10/util/Exception.h>
#include <torch/torch.h>

#include <malloc.h>
#include <new>
#include <string_view>

namespace viva {

bool isOutOfMemory(const std::exception& error) {
    if (dynamic_cast<const c10::OutOfMemoryError*>(&error) != nullptr ||
        dynamic_cast<const std::bad_alloc*>(&error) != nullptr)
        return true;
    if (const auto* ours = dynamic_cast<const Error*>(&error))
        return ours->code() == ErrorCode::OutOfMemory;
    // The CPU allocator has no type of its own for this.
    return std::string_view(error.what()).find("can't allocate memory") != std::string_view::npos;
}

void releaseCachedMemory() {
    malloc_trim(0);
}

void keepFreedMemory() {
    constexpr int kLargest = 256 * 1024 * 1024; // bytes
    mallopt(M_MMAP_THRESHOLD, kLargest);
    mallopt(M_TRIM_THRESHOLD, kLargest);
    mallopt(M_TOP_PAD, 16 * 1024 * 1024);
}

} // namespace viva
