// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"

#include <span>
#include <vector>

namespace viva {

struct GroupAdvantages {
    std::vector<double> advantages; ///< one an answer
    std::vector<double> totals;     ///< weighted sum of its rewards; NaN where none applies
    double mean = 0;
    double deviation = 0; ///< of the group, before eps and floor
    bool zeroVariance = false;
};

/// The rewards of one optimiser step.
struct RewardTable {
    /// [group][answer][reward]; NaN where a reward does not apply to an answer.
    std::vector<std::vector<std::vector<double>>> groups;
    std::vector<double> weights; ///< one a reward; empty = 1 each
    /// [group][answer], true = a reference; empty = nobody is.
    std::vector<std::vector<bool>> offPolicy;
};

struct StepAdvantages {
    std::vector<GroupAdvantages> groups;
    double fracRewardZeroStd = 0; ///< TRL's frac_reward_zero_std: 0 or 1 where the batch is scaled
};

/// Rewards to advantages:
///   A_i = (r_i - mean) / (max(std, floor) + eps),  r_i = sum_k w_k r_ik
/// by group; with Batch the deviation is that of all rewards of the step, with None there is no
/// division. NormalizeThenSum scales each reward by its group, sums, and takes mean and deviation
/// of the batch; `scale` is not looked at then. An answer without any reward leaves mean and
/// deviation and gets 0, as does a group of equal rewards, exactly.
/// @throws Error(InvalidArgument) for an infinite reward or a table whose rows differ.
/// @source arXiv 2509.16990 eq. 1; TRL 1.16.0; LEAF, arXiv 2606.07610 (floor)
[[nodiscard]] StepAdvantages computeAdvantages(const RewardTable& table,
                                               const AdvantageConfig& config);

/// The same for one reward that applies to every answer.
/// @throws Error(InvalidArgument) for a reward that is not a finite number.
[[nodiscard]] std::vector<GroupAdvantages>
computeAdvantages(std::span<const std::vector<double>> rewardsByGroup,
                  const AdvantageConfig& config);

} // namespace viva
