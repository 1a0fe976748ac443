// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/objective/answer_scorer.h"
#include "core/rewards/reward_info.h"

#include <memory>

namespace viva {

/// One reward of a mix.
struct MixedReward {
    std::string label; ///< its name; with "#2" and so on where a name comes again
    double weight = 1.0;
    std::shared_ptr<const Reward> reward;
};

/// What one reward of a mix says of many answers.
struct RewardScores {
    std::string label;
    double weight = 1.0;
    std::vector<RewardBreakdown> answers;
};

/// Adds one reward's scores: its weighted values to the totals, its values to the parts, its
/// reasons to the reasons.
/// @param labelled the reward's label stands before its reason; for mixes of several rewards
void addScores(std::span<RewardedText> texts, const RewardScores& scores, bool labelled);

/// The rewards of a configuration with their weights. Const use is thread-safe.
/// @source TRL 1.16.0 GRPOTrainer reward_funcs, reward_weights
class RewardMix {
public:
    /// @throws as makeReward.
    RewardMix(const std::vector<RewardSpec>& specs, const RewardServices& services);

    [[nodiscard]] const std::vector<MixedReward>& rewards() const { return m_rewards; }
    /// Each reward's own scores, [reward][answer].
    [[nodiscard]] std::vector<RewardScores>
    scoresOf(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const;
    /// Their weighted sum, by answer.
    [[nodiscard]] std::vector<RewardedText>
    score(std::span<const std::string> answers,
          std::span<const std::vector<std::string>> references) const;

private:
    std::vector<MixedReward> m_rewards;
};

/// The mix as what a trainer scores with. @throws as makeReward.
[[nodiscard]] AnswerScorer makeAnswerScorer(const std::vector<RewardSpec>& specs,
                                            const RewardServices& services);

} // namespace viva
