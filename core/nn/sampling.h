// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/generation_config.h"

#include <torch/torch.h>

#include <span>

namespace viva {

/// One token a row, and how likely it was.
struct SampledTokens {
    torch::Tensor ids; ///< [rows] int64 on the CPU
    torch::Tensor
        logProbs; ///< [rows] float32 on the CPU: of the distribution that was sampled from
    torch::Tensor fullLogProbs; ///< same, before top-k, top-p and min-p: what a policy loss sees
};

/// Draws a token from each row of logits [rows, vocab] (float32, not yet divided by the
/// temperature).
///
/// Order as in transformers: temperature, top-k, top-p, min-p, each on what the one before left,
/// then the inverse of the distribution function at the row's own uniform number in [0, 1). Ids are
/// walked in ascending order, so that the same number always gives the same token. Greedy: the
/// first of the largest logits; its log-probs are those of the softmax at temperature 1.
/// @throws Error(InvalidArgument) for settings out of range, Error(ShapeMismatch) when uniforms are
/// not one a row.
[[nodiscard]] SampledTokens sampleTokens(const torch::Tensor& logits,
                                         const GenerationConfig& config,
                                         std::span<const double> uniforms);

/// @throws Error(InvalidArgument) naming the setting, its value and its range.
void checkGenerationConfig(const GenerationConfig& config);

} // namespace viva
