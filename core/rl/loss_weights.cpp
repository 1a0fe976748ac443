// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/loss_weights.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <map>

namespace viva {
namespace {

struct StepCounts {
    double answers = 0;
    double tokens = 0;
    std::map<std::int64_t, double> tokensOfMicroBatch;
};

StepCounts countStep(std::span<const AnswerShare> answers) {
    StepCounts counts;
    for (const auto& answer : answers) {
        if (answer.tokens < 0 || answer.microBatch < 0)
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("answerWeights: {} tokens in micro-batch {}; both must be at least 0",
                            answer.tokens, answer.microBatch));
        const auto tokens = static_cast<double>(answer.tokens);
        counts.answers += 1;
        counts.tokens += tokens;
        counts.tokensOfMicroBatch[answer.microBatch] += tokens;
    }
    return counts;
}

} // namespace

LossType lossTypeFromName(std::string_view name) {
    if (name == "dapo")
        return LossType::Dapo;
    if (name == "grpo")
        return LossType::Grpo;
    if (name == "bnpo")
        return LossType::Bnpo;
    if (name == "dr_grpo")
        return LossType::DrGrpo;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("loss_type is \"{}\"; it must be dapo, grpo, bnpo or dr_grpo", name));
}

std::vector<double> answerWeights(LossType type, std::span<const AnswerShare> answers,
                                  std::int64_t maxCompletionLength) {
    if (type == LossType::DrGrpo && maxCompletionLength < 1)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("answerWeights: max_completion_length is {}; it must be at least 1",
                                maxCompletionLength));
    const auto counts = countStep(answers);
    const auto microBatches = static_cast<double>(counts.tokensOfMicroBatch.size());
    std::vector<double> weights;
    weights.reserve(answers.size());
    for (const auto& answer : answers) {
        double divisor = counts.tokens;
        if (type == LossType::Grpo)
            divisor = counts.answers * static_cast<double>(answer.tokens);
        else if (type == LossType::Bnpo)
            divisor = microBatches * counts.tokensOfMicroBatch.at(answer.microBatch);
        else if (type == LossType::DrGrpo)
            divisor = counts.answers * static_cast<double>(maxCompletionLength);
        weights.push_back(answer.tokens == 0 ? 0.0 : 1.0 / divisor);
    }
    return weights;
}

} // namespace viva
