// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/evaluation_run.h"

#include "core/speech/answerer.h"

namespace viva {
namespace {

/// Thrown through the evaluator when a stop was asked for.
struct EvaluationStopped {};

} // namespace

std::optional<EvaluationReport>
runEvaluation(const Answerer& answerer, const AdapterState& adapters,
              std::span<const EvalItem> items, const EvaluationRequest& request,
              const std::function<void(double)>& progress, const std::stop_token& stop) {
    EvaluationOptions options = request.options;
    options.decoding = request.generation.greedy ? "greedy" : "sampled";
    if (request.generation.greedy)
        options.passes = 1;
    AnswerRequest asked;
    asked.generation = request.generation;
    asked.state = adapters;
    const auto answer = [&](std::span<const Question> questions, int pass, std::uint64_t seed) {
        asked.seed = seed;
        const auto tell = [&](double part) {
            if (progress)
                progress((pass + part) / options.passes);
        };
        auto answers = answerer.ask(questions, asked, tell, stop);
        if (answers.size() != questions.size())
            throw EvaluationStopped();
        std::vector<std::string> texts;
        for (auto& members : answers)
            texts.push_back(std::move(members.front()));
        return texts;
    };
    try {
        return evaluate(items, answer, options);
    } catch (const EvaluationStopped&) {
        return std::nullopt;
    }
}

} // namespace viva
