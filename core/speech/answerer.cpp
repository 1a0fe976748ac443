// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/answerer.h"

#include "core/base/rng.h"
#include "core/model/generator.h"
#include "core/speech/collator.h"
#include "core/speech/speech_examples.h"

#include <algorithm>
#include <utility>

namespace viva {

Answerer::Answerer(const SpeechModel& model, ClipCache& clips, WorkerPool& pool)
    : m_model(model), m_clips(clips), m_pool(pool) {}

std::vector<std::vector<std::string>> Answerer::ask(std::span<const Question> questions,
                                                    const AnswerRequest& request,
                                                    const std::function<void(double)>& progress,
                                                    const std::stop_token& stop) const {
    std::vector<std::vector<std::string>> answers(questions.size());
    const auto round = request.questionsPerBatch * static_cast<std::size_t>(m_pool.size());
    for (std::size_t first = 0; first < questions.size(); first += round) {
        const auto part = questions.subspan(first, std::min(round, questions.size() - first));
        m_pool.run([&](int worker) {
            const auto mine = sliceOf(part.size(), worker, m_pool.size());
            if (mine.size() == 0)
                return;
            auto texts = askBatch(part.subspan(mine.first, mine.size()), request, stop);
            for (std::size_t i = 0; i < texts.size(); ++i)
                answers[first + mine.first + i] = std::move(texts[i]);
        });
        if (stop.stop_requested())
            return {};
        if (progress)
            progress(static_cast<double>(first + part.size()) /
                     static_cast<double>(questions.size()));
    }
    return answers;
}

std::vector<std::vector<std::string>> Answerer::askBatch(std::span<const Question> questions,
                                                         const AnswerRequest& request,
                                                         const std::stop_token& stop) const {
    const torch::NoGradGuard noGrad;
    std::vector<TrainExample> examples;
    std::vector<Rng> streams;
    for (const auto& question : questions) {
        examples.emplace_back().embeddings =
            promptEmbeddings(m_model, m_clips, question.clip, question.text);
        for (int member = 0; member < request.answersPerQuestion; ++member)
            streams.push_back(Rng(request.seed, "answer/" + question.id)
                                  .fork(static_cast<std::uint64_t>(member)));
    }
    auto generation = request.generation;
    if (generation.eosTokenIds.empty())
        generation.eosTokenIds = m_model.config().text.eosTokenIds();
    const auto cache = m_model.decoder()->prefill(collatePrompts(examples), request.state);
    const auto generated = generate(m_model.decoder(), cache, request.answersPerQuestion,
                                    generation, streams, request.state, stop);
    const auto ids = generated.ids.to(torch::kCPU).contiguous();
    std::vector<std::vector<std::string>> texts(questions.size());
    for (std::size_t row = 0; row < generated.lengths.size(); ++row) {
        const std::span<const std::int64_t> tokens(
            ids.data_ptr<std::int64_t>() + static_cast<std::int64_t>(row) * ids.size(1),
            static_cast<std::size_t>(generated.lengths[row]));
        texts[row / static_cast<std::size_t>(request.answersPerQuestion)].push_back(
            m_model.tokenizer().decode(tokens));
    }
    return texts;
}

} // namespace viva
