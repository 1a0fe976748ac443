// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"

#include <torch/torch.h>

#include <string>

namespace viva {

/// Finds the device of a run; auto is CUDA where it works, else the CPU. The
/// first call that may need CUDA opens libtorch_cuda beside libtorch_cpu, with all its symbols
/// global; the program itself links no CUDA. Safe from any thread.
/// @throws Error(Device) when CUDA is asked for and there is no driver, no library or no GPU,
/// saying which.
[[nodiscard]] torch::Device findDevice(Device device);

/// "CPU, 2 threads" or "CUDA: NVIDIA H100 80GB HBM3".
[[nodiscard]] std::string describeDevice(const torch::Device& device, int workers);

/// Operators called by this thread run on this thread alone: the program shares the cores by
/// workers of its own, and two teams of OpenMP threads on the same cores stall each other.
void useOneOperatorThread();

[[nodiscard]] torch::Dtype torchDtype(Dtype dtype);

} // namespace viva
