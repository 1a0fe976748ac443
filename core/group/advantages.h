// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <vector>

namespace viva {

enum class AdvantageScale { Group, Batch, None };
enum class DeviationKind { Sample, Population };

struct AdvantageConfig {
    AdvantageScale scale = AdvantageScale::Group;
    DeviationKind deviation = DeviationKind::Sample;
    double eps = 1e-4; ///< added to the deviation
    double floor = 0;  ///< the deviation is at least this (LEAF); 0 = off
};

struct GroupAdvantages {
    std::vector<double> advantages; ///< one an answer
    double mean = 0;
    double deviation = 0; ///< of the group, before eps and floor
    bool zeroVariance = false;
};

/// A_i = (r_i - mean) / (std + eps), by group; with Batch the deviation is that of all rewards of
/// the step, with None there is no division. A group of equal rewards gives exactly 0.
/// @source arXiv 2509.16990 eq. 1; TRL 1.16.0 scale_rewards
[[nodiscard]] std::vector<GroupAdvantages>
computeAdvantages(std::span<const std::vector<double>> rewardsByGroup,
                  const AdvantageConfig& config);

} // namespace viva
