// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/model/speech_model.h"
#include "core/speech/clip_cache.h"
#include "core/speech/train_example.h"

#include <optional>
#include <vector>

namespace viva {

/// The prompt of one question about one clip, [time, hidden] float32 in the model's place, without
/// graph: sound from the cache, text from the chat template.
[[nodiscard]] torch::Tensor promptEmbeddings(const SpeechModel& model, ClipCache& clips,
                                             const std::filesystem::path& clip,
                                             const std::string& question);

/// The tokens of an answer with the end token behind them.
[[nodiscard]] std::vector<std::int64_t> answerTokens(const SpeechModel& model,
                                                     const std::string& text);

/// How answers of this model become text.
[[nodiscard]] AnswerTexts answerTextsOf(const SpeechModel& model);

/// The examples of a data set, made ready as they are asked for and kept up to a limit of memory,
/// since every epoch asks for the same ones. Everything is borrowed.
class SpeechExamples final : public ExampleSource {
public:
    /// `ready`: with embeddings; else with what PromptMaker makes them of at every step.
    SpeechExamples(const SpeechModel& model, ClipCache& clips, const Dataset& dataset,
                   bool ready = true);

    [[nodiscard]] std::size_t size() const override { return m_dataset.size(); }
    [[nodiscard]] TrainExample example(std::size_t index) override;

private:
    [[nodiscard]] TrainExample make(std::size_t index);

    const SpeechModel& m_model;
    ClipCache& m_clips;
    const Dataset& m_dataset;
    bool m_embed;
    std::vector<std::optional<TrainExample>> m_ready;
    std::size_t m_readyBytes = 0;
};

} // namespace viva
