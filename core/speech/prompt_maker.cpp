// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/prompt_maker.h"

#include "core/model/prompt_embeddings.h"

#include <utility>

namespace viva {

torch::Tensor PromptMaker::audio(const torch::Tensor& clips, ClipRows rows) const {
    return m_model
        .advance({clips.to(m_model.device()), std::move(rows)}, m_stage, AudioStage::Projected)
        .values;
}

torch::Tensor PromptMaker::audio(const torch::Tensor& clip) const {
    return audio(clip, ClipRows{{clip.size(0)}});
}

std::int64_t PromptMaker::audioTokens(const torch::Tensor& clip) const {
    return m_model.audioTokens(clip.size(0), m_stage);
}

PromptBatch PromptMaker::prompts(std::span<const TrainExample> examples) const {
    std::vector<torch::Tensor> clips;
    std::vector<std::vector<std::int64_t>> ids;
    ClipRows rows;
    for (const auto& example : examples) {
        clips.push_back(example.audio);
        rows.lengths.push_back(example.audio.size(0));
        ids.push_back(example.promptIds);
    }
    return mergeAudio(m_model.decoder(), ids, audio(torch::cat(clips), std::move(rows)),
                      m_model.config().audioTokenIndex);
}

} // namespace viva
