// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/speech_model.h"
#include "core/speech/train_example.h"

#include <span>

namespace viva {

/// Makes prompts anew from clips that came part of the way in advance, through networks that may be
/// trained: gradients flow into encoder, projector and embedding. May be used from several threads
/// at once.
class PromptMaker {
public:
    /// `stage` is how far TrainExample::audio has come. The model is borrowed.
    PromptMaker(const SpeechModel& model, AudioStage stage) : m_model(model), m_stage(stage) {}

    /// The projector's output [audioTokens, hidden] of one clip; keeps the graph in grad mode.
    [[nodiscard]] torch::Tensor audio(const torch::Tensor& clip) const;
    [[nodiscard]] std::int64_t audioTokens(const torch::Tensor& clip) const;
    /// Needs promptIds and audio of each example; keeps the graph in grad mode.
    [[nodiscard]] PromptBatch prompts(std::span<const TrainExample> examples) const;

private:
    [[nodiscard]] torch::Tensor audio(const torch::Tensor& clips, ClipRows rows) const;

    const SpeechModel& m_model;
    AudioStage m_stage;
};

} // namespace viva
