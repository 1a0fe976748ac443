// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"

#include <torch/torch.h>

namespace viva {

/// With d = log pi_theta - log pi_ref, per token:
///   k1 = d          (unbiased, may be negative)
///   k2 = d^2 / 2    (biased, low variance)
///   k3 = e^-d + d - 1   (unbiased, never negative)
/// The gradient flows through `logProbs`, the estimator itself being differentiated.
/// Shapes: both [answers, time]; returns the same. Padding is the caller's to mask.
/// @throws Error(ShapeMismatch)
/// @source Schulman, "Approximating KL divergence" (2020); TRL 1.16.0 uses k3
[[nodiscard]] torch::Tensor klPerToken(const torch::Tensor& logProbs,
                                       const torch::Tensor& refLogProbs, KlEstimator estimator);

} // namespace viva
