// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <exception>

namespace viva {

/// True for what LibTorch and the standard library throw when memory has run out, on any device.
[[nodiscard]] bool isOutOfMemory(const std::exception& error);

/// Gives memory that LibTorch's allocators keep for later back, where they can.
void releaseCachedMemory();

/// Tells the C library to keep freed memory instead of handing it back to the system at once:
/// tensors of a step come and go at the same sizes, and mapping them anew each time costs page
/// faults. Call once, before training.
void keepFreedMemory();

} // namespace viva
