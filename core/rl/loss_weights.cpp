// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/loss_weights.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace viva {
namespace {

struct UpdateCounts {
    double answers = 0;
    double tokens = 0;
    std::int64_t longest = 0;
    std::map<std::int64_t, double> tokensOfMicroBatch;
};

UpdateCounts countUpdate(std::span<const AnswerShare> answers) {
    UpdateCounts counts;
    for (const auto& answer : answers) {
        if (answer.tokens < 0 || answer.microBatch < 0)
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("answerWeights: {} tokens in micro-batch {}; both must be at least 0",
                            answer.tokens, answer.microBatch));
        const auto tokens = answer.counted ? static_cast<double>(answer.tokens) : 0.0;
        counts.answers += answer.counted ? 1 : 0;
        counts.tokens += tokens;
        counts.tokensOfMicroBatch[answer.microBatch] += tokens;
        counts.longest = std::max(counts.longest, answer.tokens);
    }
    return counts;
}

/// What an answer's term is divided by.
double divisorOf(const LossNormaliser& normaliser, const UpdateCounts& counts, double rows,
                 double microBatches, const AnswerShare& answer) {
    switch (normaliser.type) {
    case LossType::Dapo:
    case LossType::Cispo:
    case LossType::Vespo:
        return normaliser.tokens > 0 ? normaliser.tokens : std::max(counts.tokens, 1.0);
    case LossType::Grpo:
    case LossType::Sapo:
        return rows * static_cast<double>(answer.tokens);
    case LossType::Bnpo:
        return microBatches * std::max(counts.tokensOfMicroBatch.at(answer.microBatch), 1.0);
    case LossType::DrGrpo:
        return rows * static_cast<double>(normaliser.maxCompletionLength);
    case LossType::Luspo:
    case LossType::Gmpo:
        return rows;
    case LossType::PaddedLength:
        break;
    }
    return static_cast<double>(
        std::max<std::int64_t>({normaliser.longestAnswer, counts.longest, 1}));
}

} // namespace

std::vector<double> answerWeights(const LossNormaliser& normaliser,
                                  std::span<const AnswerShare> answers) {
    if (normaliser.type == LossType::DrGrpo && normaliser.maxCompletionLength < 1)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("answerWeights: max_completion_length is {}; it must be at least 1",
                                normaliser.maxCompletionLength));
    const auto counts = countUpdate(answers);
    const auto named = static_cast<double>(counts.tokensOfMicroBatch.size());
    const double microBatches = normaliser.microBatches > 0 ? normaliser.microBatches : named;
    const double rows =
        std::max(counts.answers, 1.0) * (normaliser.microBatches > 0 ? microBatches / named : 1.0);
    std::vector<double> weights;
    weights.reserve(answers.size());
    for (const auto& answer : answers) {
        const bool empty = answer.tokens == 0 && normaliser.type != LossType::Gmpo;
        weights.push_back(empty ? 0.0
                                : 1.0 / divisorOf(normaliser, counts, rows, microBatches, answer));
    }
    return weights;
}

std::vector<double> answerWeights(LossType type, std::span<const AnswerShare> answers,
                                  std::int64_t maxCompletionLength) {
    return answerWeights({.type = type, .maxCompletionLength = maxCompletionLength}, answers);
}

} // namespace viva
