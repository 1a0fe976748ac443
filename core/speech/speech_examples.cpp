// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/speech_examples.h"

#include "core/speech/prompt_maker.h"

namespace viva {
namespace {

constexpr std::size_t kReadyBytes = std::size_t{256} << 20;

} // namespace

torch::Tensor promptEmbeddings(const SpeechModel& model, ClipCache& clips,
                               const std::filesystem::path& clip, const std::string& question) {
    const torch::NoGradGuard noGrad;
    const auto audio = PromptMaker(model, clips.stage()).audio(clips.get(clip));
    const auto prompt = model.buildPrompt(model.promptText(question), audio.size(0));
    return model.mergeEmbeddings(prompt.ids, audio);
}

std::vector<std::int64_t> answerTokens(const SpeechModel& model, const std::string& text) {
    auto ids = model.tokenizer().encode(text);
    ids.push_back(model.config().text.eosTokenId);
    return ids;
}

AnswerTexts answerTextsOf(const SpeechModel& model) {
    const auto& tokenizer = model.tokenizer();
    return {[&tokenizer](std::span<const std::int64_t> ids) { return tokenizer.decode(ids); },
            [&tokenizer](std::span<const std::int64_t> ids) {
                std::vector<std::string> pieces;
                pieces.reserve(ids.size());
                for (const auto id : ids)
                    pieces.push_back(tokenizer.displayText(id));
                return pieces;
            }};
}

SpeechExamples::SpeechExamples(const SpeechModel& model, ClipCache& clips, const Dataset& dataset,
                               bool ready)
    : m_model(model), m_clips(clips), m_dataset(dataset), m_embed(ready), m_ready(dataset.size()) {}

TrainExample SpeechExamples::example(std::size_t index) {
    auto& ready = m_ready.at(index);
    if (ready)
        return *ready;
    auto made = make(index);
    if (m_readyBytes < kReadyBytes) {
        m_readyBytes += m_embed ? made.embeddings.nbytes() : made.audio.nbytes();
        ready = made;
    }
    return made;
}

TrainExample SpeechExamples::make(std::size_t index) {
    TrainExample result;
    result.question = m_dataset.question(m_dataset.example(index));
    const auto& question = result.question;
    if (m_embed) {
        result.embeddings = promptEmbeddings(m_model, m_clips, question.clip, question.text);
    } else {
        const PromptMaker maker(m_model, m_clips.stage());
        result.audio = m_clips.get(question.clip);
        result.promptIds =
            m_model.buildPrompt(m_model.promptText(question.text), maker.audioTokens(result.audio))
                .ids;
    }
    for (const auto& reference : question.references)
        result.referenceIds.push_back(answerTokens(m_model, reference));
    result.targetIds = result.referenceIds.front();
    return result;
}

} // namespace viva
