// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace viva {

/// Masked cross entropy of given answers:
///   L = - (1 / N) sum_i sum_t m_{i,t} log pi_theta(o_{i,t})
/// where N is the number of unmasked tokens of the whole optimiser step, so that pieces add up.
/// Shapes: logProbs and mask [answers, time]; masked positions may hold anything.
/// @throws Error(ShapeMismatch), Error(InvalidArgument) for stepTokens <= 0
[[nodiscard]] torch::Tensor sftLoss(const torch::Tensor& logProbs, const torch::Tensor& mask,
                                    double stepTokens);

} // namespace viva
