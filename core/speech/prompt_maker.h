// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/speech/clip_cache.h"
#include "core/speech/train_example.h"
#include "core/speech/trained_weights.h"

#include <span>

namespace viva {

/// Makes prompts anew from what was heard in advance, through networks that may be trained:
/// gradients flow into encoder, projector and embedding. May be used from several threads at once.
class PromptMaker {
public:
    /// With the model's own networks; `stage` is how far TrainExample::heard has come.
    PromptMaker(const SpeechLm& model, HearingStage stage);
    /// With those of `parts`. The model is borrowed.
    PromptMaker(const SpeechLm& model, FrozenParts parts, HearingStage stage);

    /// The projector's output [audioTokens, hidden] of one clip; keeps the graph in grad mode.
    [[nodiscard]] torch::Tensor audio(const torch::Tensor& heard) const;
    [[nodiscard]] std::int64_t audioTokens(const torch::Tensor& heard) const;
    /// Needs promptIds and heard of each example; keeps the graph in grad mode.
    [[nodiscard]] PromptBatch prompts(std::span<const TrainExample> examples) const;

private:
    [[nodiscard]] torch::Tensor audio(const torch::Tensor& heard, const ClipRows& rows) const;

    const SpeechLm& m_model;
    FrozenParts m_parts;
    HearingStage m_stage;
};

/// How far clips may be heard in advance when the weights `trained` change.
[[nodiscard]] HearingStage stageBefore(const NamedTensors& trained);

} // namespace viva
