// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/prompt_maker.h"

#include "core/speech/prompt_merge.h"

#include <algorithm>
#include <utility>

namespace viva {

PromptMaker::PromptMaker(const SpeechLm& model, HearingStage stage)
    : PromptMaker(model, {model.encoder, model.projector, model.decoder}, stage) {}

PromptMaker::PromptMaker(const SpeechLm& model, FrozenParts parts, HearingStage stage)
    : m_model(model), m_parts(std::move(parts)), m_stage(stage) {}

torch::Tensor PromptMaker::audio(const torch::Tensor& heard, const ClipRows& rows) const {
    torch::Tensor x = heard.to(m_model.device());
    if (m_stage == HearingStage::Features)
        x = m_parts.encoder->forward(x, rows).frames;
    if (m_stage != HearingStage::Projected)
        x = m_parts.projector->forward(x.to(m_parts.projector->query.scalar_type()), rows);
    return x;
}

torch::Tensor PromptMaker::audio(const torch::Tensor& heard) const {
    return audio(heard, ClipRows{{heard.size(0)}});
}

std::int64_t PromptMaker::audioTokens(const torch::Tensor& heard) const {
    return m_stage == HearingStage::Projected ? heard.size(0)
                                              : audioTokenCount(heard.size(0), m_model.config());
}

PromptBatch PromptMaker::prompts(std::span<const TrainExample> examples) const {
    std::vector<torch::Tensor> heard;
    std::vector<std::vector<std::int64_t>> ids;
    ClipRows rows;
    for (const auto& example : examples) {
        heard.push_back(example.heard);
        rows.lengths.push_back(example.heard.size(0));
        ids.push_back(example.promptIds);
    }
    return mergePrompts(m_parts.decoder, ids, audio(torch::cat(heard), rows),
                        m_model.config().audioTokenIndex);
}

HearingStage stageBefore(const NamedTensors& trained) {
    const auto any = [&](std::string_view prefix) {
        return std::ranges::any_of(trained,
                                   [&](const auto& w) { return w.first.starts_with(prefix); });
    };
    if (any("encoder."))
        return HearingStage::Features;
    return any("projector.") ? HearingStage::Encoded : HearingStage::Projected;
}

} // namespace viva
