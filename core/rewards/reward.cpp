// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace viva {

std::vector<RewardBreakdown>
Reward::scoreAll(std::span<const std::string> answers,
                 std::span<const std::vector<std::string>> references) const {
    requireSameCount(name(), answers, references);
    std::vector<RewardBreakdown> out;
    out.reserve(answers.size());
    for (std::size_t i = 0; i < answers.size(); ++i)
        out.push_back(score(answers[i], references[i]));
    return out;
}

RewardBreakdown BatchReward::score(std::string_view answer,
                                   std::span<const std::string> references) const {
    const std::vector<std::string> answers{std::string(answer)};
    const std::vector<std::vector<std::string>> all{{references.begin(), references.end()}};
    return std::move(scoreAll(answers, all).front());
}

CorpusScore Reward::corpusScore(std::span<const std::string> answers,
                                std::span<const std::vector<std::string>> references) const {
    const std::vector<RewardBreakdown> scores = scoreAll(answers, references);
    if (scores.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: there is no answer to score; give at least one", name()));
    double sum = 0;
    for (const RewardBreakdown& one : scores)
        sum += one.value;
    return {fmt::format("mean of {}", name()), sum / static_cast<double>(scores.size()),
            fmt::format("mean over {} answers", scores.size())};
}

void requireReferences(std::string_view function, std::span<const std::string> references) {
    if (references.empty())
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("{}: there is no reference to compare with; give at least one", function));
}

void requireSameCount(std::string_view function, std::span<const std::string> answers,
                      std::span<const std::vector<std::string>> references) {
    if (answers.size() != references.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: {} answers and {} lists of references differ; give each "
                                "answer a list",
                                function, answers.size(), references.size()));
}

} // namespace viva
