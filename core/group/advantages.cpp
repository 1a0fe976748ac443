// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/advantages.h"

#include "core/base/error.h"
#include "core/group/group_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

void requireFinite(std::span<const std::vector<double>> rewardsByGroup) {
    for (std::size_t group = 0; group < rewardsByGroup.size(); ++group) {
        const auto& rewards = rewardsByGroup[group];
        const auto bad = std::ranges::find_if(rewards, [](double r) { return !std::isfinite(r); });
        if (bad != rewards.end())
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("computeAdvantages: reward {} of group {} is {}; rewards must be "
                            "finite numbers",
                            bad - rewards.begin(), group, *bad));
    }
}

double batchDeviation(std::span<const std::vector<double>> rewardsByGroup, DeviationKind kind) {
    std::vector<double> all;
    for (const auto& rewards : rewardsByGroup)
        all.insert(all.end(), rewards.begin(), rewards.end());
    return deviationOf(all, kind);
}

} // namespace

std::vector<GroupAdvantages> computeAdvantages(std::span<const std::vector<double>> rewardsByGroup,
                                               const AdvantageConfig& config) {
    requireFinite(rewardsByGroup);
    const double ofBatch = config.scale == AdvantageScale::Batch
                               ? batchDeviation(rewardsByGroup, config.deviation)
                               : 0.0;
    std::vector<GroupAdvantages> result;
    result.reserve(rewardsByGroup.size());
    for (const auto& rewards : rewardsByGroup) {
        GroupAdvantages group;
        group.mean = meanOf(rewards);
        group.deviation = deviationOf(rewards, config.deviation);
        group.zeroVariance = allEqual(rewards);
        group.advantages.assign(rewards.size(), 0.0);
        if (!group.zeroVariance) {
            double divisor = 1.0;
            if (config.scale != AdvantageScale::None) {
                const double spread =
                    config.scale == AdvantageScale::Batch ? ofBatch : group.deviation;
                divisor = std::max(spread, config.floor) + config.eps;
            }
            for (std::size_t i = 0; i < rewards.size(); ++i)
                group.advantages[i] = (rewards[i] - group.mean) / divisor;
        }
        result.push_back(std::move(group));
    }
    return result;
}

} // namespace viva
