// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder.h"

#include <torch/torch.h>

#include <span>
#include <vector>

namespace viva {

/// `promptIds` with its one audio placeholder repeated `audioTokens` times.
/// @throws Error(InvalidArgument) when there is not exactly one placeholder.
[[nodiscard]] std::vector<std::int64_t> expandAudioToken(std::span<const std::int64_t> promptIds,
                                                         std::int64_t audioTokenId,
                                                         std::int64_t audioTokens);

/// Text and sound of several prompts, padded on the right.
///
/// expandedIds: one list a prompt, audio places included. audio [sum of audio places, hidden]: the
/// projector's output, prompt after prompt; undefined without sound. Differentiable in the audio
/// and, where it asks for a gradient, in the embedding. The row of the audio placeholder is never
/// read.
/// @throws Error(ShapeMismatch) when audio rows and audio places differ in number.
[[nodiscard]] PromptBatch mergePrompts(const Decoder& decoder,
                                       std::span<const std::vector<std::int64_t>> expandedIds,
                                       const torch::Tensor& audio, std::int64_t audioTokenId);

} // namespace viva
