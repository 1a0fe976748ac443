// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/objective/reward_mix.h"

#include <string>
#include <vector>

namespace viva {

/// What is scored: answers with their references, in groups or not.
struct ScoreItems {
    std::vector<std::string> labels; ///< "12", or "step 3, group 0, answer 5"
    std::vector<std::string> answers;
    std::vector<std::vector<std::string>> references;
    std::vector<std::size_t> groupSizes; ///< neighbours that are one group; empty: no groups
};

/// What came out, by item and reward.
struct ScoreResults {
    std::vector<RewardScores> byReward; ///< [reward][item]
    std::vector<double> totals;         ///< weighted sum, by item
    std::vector<double> advantages;     ///< by item; empty without groups
};

/// Reads "name", "name:0.7", "name:{...}" and "name:0.7:{...}", several in one text with commas.
/// @throws Error(InvalidArgument) naming what is wrong.
[[nodiscard]] std::vector<RewardSpec> parseScoreRewards(const std::vector<std::string>& texts);

[[nodiscard]] ScoreResults scoreItems(const RewardMix& mix, const ScoreItems& items);

/// "precision 0.8, recall 0.75".
[[nodiscard]] std::string partsText(const RewardBreakdown& breakdown);

} // namespace viva
