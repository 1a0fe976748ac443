// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <string>

namespace viva {

/// Finds the device of a run: "cpu", "cuda" or "auto" (CUDA where it works, else the CPU). The
/// first call that may need CUDA opens libtorch_cuda beside libtorch_cpu, with all its symbols
/// global; the program itself links no CUDA. Safe from any thread.
/// @throws Error(InvalidArgument) for another name, Error(Device) when "cuda" is asked for and
/// there is no driver, no library or no GPU, saying which.
[[nodiscard]] torch::Device findDevice(const std::string& name);

/// "CPU, 2 threads" or "CUDA: NVIDIA H100 80GB HBM3".
[[nodiscard]] std::string describeDevice(const torch::Device& device, int workers);

/// Operators called by this thread run on this thread alone: the program shares the cores by
/// workers of its own, and two teams of OpenMP threads on the same cores stall each other.
void useOneOperatorThread();

/// "float32" or "bfloat16". @throws Error(InvalidArgument)
[[nodiscard]] torch::Dtype dtypeFromName(const std::string& name);

} // namespace viva
