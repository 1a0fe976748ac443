// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/session/inference_session.h"

#include "core/base/error.h"
#include "core/session/error_translation.h"
#include "core/train/speech_runtime.h"

#include <fmt/format.h>

#include <optional>

namespace viva {

struct InferenceSession::Impl {
    ModelChoice choice;
    std::unique_ptr<SpeechRuntime> runtime;
    std::optional<LoraAdapter> adapter;

    [[nodiscard]] AnswerRequest request(const GenerationConfig& generation, int count,
                                        std::uint64_t seed) const {
        AnswerRequest result;
        result.generation = generation;
        result.answersPerItem = count;
        result.seed = seed;
        result.state = {.bundled = true, .trained = adapter.has_value()};
        return result;
    }
};

InferenceSession::InferenceSession(const ModelChoice& choice) : m_impl(std::make_unique<Impl>()) {
    translated("opening " + choice.modelFolder.string(), [&] {
        m_impl->choice = choice;
        m_impl->runtime = SpeechRuntime::open(
            {choice.modelFolder, {}, choice.device, choice.dtype, choice.threads});
        if (!choice.adapterFolder.empty())
            m_impl->adapter.emplace(loadAdapter(m_impl->runtime->model().decoder,
                                                choice.adapterFolder, AdapterSlot::Trained));
    });
}

InferenceSession::~InferenceSession() = default;

std::vector<std::string> InferenceSession::answer(const std::filesystem::path& clip,
                                                  const std::string& question,
                                                  const GenerationConfig& generation, int count,
                                                  std::uint64_t seed, std::stop_token stop) {
    return translated("answering about " + clip.string(), [&] {
        if (generation.greedy && count != 1)
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("greedy decoding has one answer, {} were asked for; ask for one or "
                            "sample",
                            count));
        const EvalItem item{.id = "answer",
                            .clip = clip,
                            .task = {},
                            .question = question,
                            .references = {},
                            .split = {},
                            .voice = {}};
        auto answers = m_impl->runtime->answerer().ask(
            std::span(&item, 1), m_impl->request(generation, count, seed), {}, stop);
        return answers.empty() ? std::vector<std::string>() : std::move(answers.front());
    });
}

std::vector<std::string> InferenceSession::answerAll(const std::vector<EvalItem>& items,
                                                     const GenerationConfig& generation,
                                                     std::uint64_t seed,
                                                     const std::function<void(double)>& progress,
                                                     std::stop_token stop) {
    return translated("answering", [&] {
        std::vector<std::string> texts;
        for (auto& members : m_impl->runtime->answerer().ask(
                 items, m_impl->request(generation, 1, seed), progress, stop))
            texts.push_back(std::move(members.front()));
        return texts;
    });
}

std::string InferenceSession::description() const {
    const auto parameters = static_cast<double>(m_impl->runtime->model().parameterCount());
    return fmt::format("{}, {}, {:.1f} M parameters", m_impl->runtime->deviceText(),
                       m_impl->choice.dtype, parameters / 1e6);
}

} // namespace viva
