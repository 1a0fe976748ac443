// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/group_stats.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace viva {

double meanOf(std::span<const double> values) {
    if (values.empty())
        return 0;
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool allEqual(std::span<const double> values) {
    return std::ranges::all_of(values, [&](double value) { return value == values.front(); });
}

double deviationOf(std::span<const double> values, DeviationKind kind) {
    if (allEqual(values))
        return 0;
    const double mean = meanOf(values);
    double squares = 0;
    for (const double value : values)
        squares += (value - mean) * (value - mean);
    const auto count = static_cast<double>(values.size());
    return std::sqrt(squares / (kind == DeviationKind::Sample ? count - 1 : count));
}

StepRewardStats stepRewardStats(std::span<const std::vector<double>> rewardsByGroup,
                                const GroupMixBounds& bounds) {
    StepRewardStats stats;
    std::vector<double> all;
    double groups = 0;
    for (const auto& rewards : rewardsByGroup) {
        if (rewards.empty())
            continue;
        ++groups;
        all.insert(all.end(), rewards.begin(), rewards.end());
        const auto [worst, best] = std::ranges::minmax(rewards);
        stats.bestMean += best;
        stats.worstMean += worst;
        stats.fracZeroVariance += allEqual(rewards) ? 1 : 0;
        stats.mixLow += best < bounds.low ? 1 : 0;
        stats.mixHigh += worst >= bounds.high ? 1 : 0;
    }
    if (groups == 0)
        return stats;
    for (double* share : {&stats.bestMean, &stats.worstMean, &stats.fracZeroVariance, &stats.mixLow,
                          &stats.mixHigh})
        *share /= groups;
    stats.mixMixed = 1.0 - stats.mixLow - stats.mixHigh;
    stats.mean = meanOf(all);
    stats.deviation = deviationOf(all, DeviationKind::Sample);
    return stats;
}

} // namespace viva
