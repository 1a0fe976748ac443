// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace viva {

/// One reward of the mix. @source TRL reward_funcs / reward_weights
struct RewardSpec {
    std::string name = "bleu"; ///< as in the reward registry
    double weight = 1.0;
    std::string optionsJson = "{}"; ///< options of that reward, as JSON text

    bool operator==(const RewardSpec&) const = default;
};

/// What each reward is called among the others: its name, or name#2 where it stands there again.
[[nodiscard]] std::vector<std::string> rewardLabels(const std::vector<RewardSpec>& rewards);

} // namespace viva
