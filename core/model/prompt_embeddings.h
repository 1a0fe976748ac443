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

/// Text and audio of one or several prompts as one row of embeddings.
///
/// ids [n], placeholders included; audio [placeholders, hidden]: the projector's output, undefined
/// without a clip. Gives [n, hidden], **before** embedding_multiplier, differentiable in the audio
/// and, where it asks for a gradient, in the embedding. The row of the placeholder is never read.
/// @throws Error(ShapeMismatch) when audio rows and placeholders differ in number.
[[nodiscard]] torch::Tensor mergeAudio(const Decoder& decoder, std::span<const std::int64_t> ids,
                                       const torch::Tensor& audio, std::int64_t audioTokenId);

/// mergeAudio for several prompts, padded on the right with 0; audio lies prompt after prompt.
[[nodiscard]] PromptBatch mergeAudio(const Decoder& decoder,
                                     std::span<const std::vector<std::int64_t>> prompts,
                                     const torch::Tensor& audio, std::int64_t audioTokenId);

} // namespace viva
