// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// What the mix of rewards gives to one answer.
struct RewardedText {
    double total = 0;                                  ///< weighted sum
    std::vector<std::pair<std::string, double>> parts; ///< by label, unweighted
    std::string reason;                                ///< of every reward, in words
};

/// Scores the answers of a step in one call, each against its own references; one result an answer.
/// Called from one thread at a time, which need not be the trainer's.
using AnswerScorer = std::function<std::vector<RewardedText>(
    std::span<const std::string> answers, std::span<const std::vector<std::string>> references)>;

/// A scorer that looks at each answer by itself.
[[nodiscard]] AnswerScorer
oneByOne(std::function<RewardedText(const std::string&, const std::vector<std::string>&)> score);

} // namespace viva
