// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"

#include <torch/torch.h>

namespace viva {

/// pi_old / pi_sampler of answers whose sampler was not the policy itself (other weights, another
/// precision, a truncated distribution), to be multiplied onto the policy term.
/// oldLogProbs, samplerLogProbs and mask: [answers, time]; NaN in samplerLogProbs = unknown, ratio
/// 1. Result [answers, time], or [answers, 1] for the sequence modes; 1 behind the mask.
/// @throws Error(ShapeMismatch)
/// @source TRL 1.16.0 vllm_importance_sampling_correction
[[nodiscard]] torch::Tensor samplerRatio(const torch::Tensor& oldLogProbs,
                                         const torch::Tensor& samplerLogProbs,
                                         const torch::Tensor& mask,
                                         const SamplerCorrectionConfig& config);

} // namespace viva
