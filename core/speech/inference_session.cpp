// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/inference_session.h"

#include "core/base/error.h"
#include "core/model/trained_weights.h"
#include "core/nn/error_translation.h"
#include "core/speech/speech_runtime.h"

#include <fmt/format.h>

#include <optional>

namespace viva {

struct InferenceSession::Impl {
    ModelChoice choice;
    std::unique_ptr<SpeechRuntime> runtime;
    std::optional<LoraAdapter> adapter;

    static std::unique_ptr<Impl> open(const ModelChoice& choice,
                                      const std::function<void(double)>& progress,
                                      const std::stop_token& stop) {
        return translated("opening " + choice.modelFolder.string(), [&] {
            auto impl = std::make_unique<Impl>();
            impl->choice = choice;
            impl->runtime = SpeechRuntime::open(
                {choice.modelFolder, {}, choice.device, choice.dtype, choice.threads}, progress,
                stop);
            if (!impl->runtime)
                return std::unique_ptr<Impl>();
            SpeechModel& model = impl->runtime->model();
            if (!choice.adapterFolder.empty())
                impl->adapter = loadTrained(model, choice.adapterFolder, AdapterSlot::Trained);
            return impl;
        });
    }

    [[nodiscard]] AdapterState adapters() const {
        return {.bundled = true, .trained = adapter.has_value()};
    }
    [[nodiscard]] AnswerRequest request(const GenerationConfig& generation, int count,
                                        std::uint64_t seed) const {
        AnswerRequest result;
        result.generation = generation;
        result.answersPerQuestion = count;
        result.seed = seed;
        result.state = adapters();
        return result;
    }
};

InferenceSession::InferenceSession(const ModelChoice& choice)
    : m_impl(Impl::open(choice, {}, {})) {}

InferenceSession::InferenceSession(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

std::unique_ptr<InferenceSession>
InferenceSession::open(const ModelChoice& choice, const std::function<void(double)>& progress,
                       std::stop_token stop) {
    auto impl = Impl::open(choice, progress, stop);
    if (!impl)
        return nullptr;
    return std::unique_ptr<InferenceSession>(new InferenceSession(std::move(impl)));
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
        const Question asked{"answer", clip, {}, question, {}};
        auto answers = m_impl->runtime->answerer().ask(
            std::span(&asked, 1), m_impl->request(generation, count, seed), {}, stop);
        return answers.empty() ? std::vector<std::string>() : std::move(answers.front());
    });
}

std::optional<EvaluationReport>
InferenceSession::evaluate(std::span<const EvalItem> items, const EvaluationRequest& request,
                           const std::function<void(double)>& progress, std::stop_token stop) {
    return translated("answering", [&] {
        return runEvaluation(m_impl->runtime->answerer(), m_impl->adapters(), items, request,
                             progress, stop);
    });
}

std::string InferenceSession::description() const {
    const auto parameters = static_cast<double>(m_impl->runtime->model().parameterCount());
    return fmt::format("{}, {}, {:.1f} M parameters", m_impl->runtime->deviceText(),
                       nameOf(m_impl->choice.dtype), parameters / 1e6);
}

} // namespace viva
