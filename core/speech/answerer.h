// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/generation_config.h"
#include "core/data/question.h"
#include "core/model/speech_model.h"
#include "core/nn/worker_pool.h"
#include "core/speech/clip_cache.h"

#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

/// How questions are asked.
struct AnswerRequest {
    GenerationConfig generation; ///< empty eosTokenIds = the model's own
    int answersPerQuestion = 1;
    std::uint64_t seed = 0;
    AdapterState state;
    std::size_t questionsPerBatch = 32; ///< prompts that decode together on one worker
};

/// Asks a model many questions, batched, each worker a slice of them. An answer follows from (seed,
/// question id, member) alone: it does not depend on the other questions, nor on the workers.
class Answerer {
public:
    /// Everything is borrowed.
    Answerer(const SpeechModel& model, ClipCache& clips, WorkerPool& pool);

    /// answers[question][member]; empty when it was stopped. Progress is told on the caller's
    /// thread.
    [[nodiscard]] std::vector<std::vector<std::string>>
    ask(std::span<const Question> questions, const AnswerRequest& request,
        const std::function<void(double fraction)>& progress, const std::stop_token& stop) const;

private:
    [[nodiscard]] std::vector<std::vector<std::string>>
    askBatch(std::span<const Question> questions, const AnswerRequest& request,
             const std::stop_token& stop) const;

    const SpeechModel& m_model;
    ClipCache& m_clips;
    WorkerPool& m_pool;
};

} // namespace viva
