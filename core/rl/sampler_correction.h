// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <limits>
#include <string_view>

namespace viva {

/// How the ratio between trainer and sampler is kept in bounds.
enum class SamplerCorrection {
    TokenTruncate,    ///< per token, clamped
    TokenMask,        ///< per token, 0 outside the bounds
    SequenceTruncate, ///< per answer (product over its tokens), clamped
    SequenceMask      ///< per answer, 0 outside
};

/// "token_truncate", "token_mask", "sequence_truncate", "sequence_mask".
/// @throws Error(InvalidArgument)
[[nodiscard]] SamplerCorrection samplerCorrectionFromName(std::string_view name);

struct SamplerCorrectionConfig {
    SamplerCorrection mode = SamplerCorrection::SequenceMask;
    double clipMin = -std::numeric_limits<double>::infinity();
    double clipMax = 3.0;
};

/// pi_old / pi_sampler of answers whose sampler was not the policy itself (other weights, another
/// precision, a cut distribution), to be multiplied onto the policy term.
/// oldLogProbs, samplerLogProbs and mask: [answers, time]; NaN in samplerLogProbs = unknown, ratio
/// 1. Result [answers, time], or [answers, 1] for the sequence modes; 1 behind the mask.
/// @throws Error(ShapeMismatch)
/// @source TRL 1.16.0 vllm_importance_sampling_correction
[[nodiscard]] torch::Tensor samplerRatio(const torch::Tensor& oldLogProbs,
                                         const torch::Tensor& samplerLogProbs,
                                         const torch::Tensor& mask,
                                         const SamplerCorrectionConfig& config);

} // namespace viva
