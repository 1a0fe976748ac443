// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <string_view>

namespace viva {

/// Monte-Carlo estimators of KL[pi_theta || pi_ref] from the sampled token alone.
enum class KlEstimator { K1, K2, K3 };

/// "k1", "k2", "k3". @throws Error(InvalidArgument)
[[nodiscard]] KlEstimator klEstimatorFromName(std::string_view name);

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
