// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/advantages.h"

#include <span>
#include <vector>

namespace viva {

/// Arithmetic mean; 0 for no values.
[[nodiscard]] double meanOf(std::span<const double> values);

/// Sample (divided by n - 1) or population (by n) deviation; 0 where it is not defined and exactly
/// 0 for equal values, which rounding would otherwise miss.
[[nodiscard]] double deviationOf(std::span<const double> values, DeviationKind kind);

/// True for no value, one value and equal values.
[[nodiscard]] bool allEqual(std::span<const double> values);

/// Where a group stands on the way from "never right" to "always right".
struct GroupMixBounds {
    double low = 0.2;  ///< best answer below: nothing to imitate yet
    double high = 0.8; ///< worst answer at least this: nothing left to learn
};

/// The rewards of one optimiser step, summed up for the curves.
struct StepRewardStats {
    double mean = 0;             ///< of all answers
    double deviation = 0;        ///< sample deviation of all answers (TRL's reward_std)
    double bestMean = 0;         ///< mean over groups of the best answer
    double worstMean = 0;        ///< mean over groups of the worst answer
    double fracZeroVariance = 0; ///< share of groups whose answers all score the same
    double mixLow = 0;           ///< share of groups whose best answer is below GroupMixBounds::low
    double mixHigh = 0;  ///< share of groups whose worst answer reaches GroupMixBounds::high
    double mixMixed = 0; ///< the rest
};

/// @source TRL 1.16.0: reward, reward_std, frac_reward_zero_std; NeMo RL: group mix
[[nodiscard]] StepRewardStats stepRewardStats(std::span<const std::vector<double>> rewardsByGroup,
                                              const GroupMixBounds& bounds = {});

} // namespace viva
