// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/group_stats.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

TEST(GroupStats, SumUpAStepByHand) {
    const std::vector<std::vector<double>> rewards{{0.0, 0.1}, {0.5, 0.5}, {0.9, 1.0}, {0.1, 1.0}};
    const auto stats = stepRewardStats(rewards);
    EXPECT_NEAR(stats.mean, 4.1 / 8, 1e-12);
    EXPECT_NEAR(stats.bestMean, (0.1 + 0.5 + 1.0 + 1.0) / 4, 1e-12);
    EXPECT_NEAR(stats.worstMean, (0.0 + 0.5 + 0.9 + 0.1) / 4, 1e-12);
    EXPECT_NEAR(stats.fracZeroVariance, 0.25, 1e-12);
    EXPECT_NEAR(stats.mixLow, 0.25, 1e-12);
    EXPECT_NEAR(stats.mixHigh, 0.25, 1e-12);
    EXPECT_NEAR(stats.mixMixed, 0.5, 1e-12);
}

TEST(GroupStats, DeviationIsOverTheWholeBatch) {
    const std::vector<std::vector<double>> rewards{{0.0, 0.0}, {1.0, 1.0}};
    EXPECT_NEAR(stepRewardStats(rewards).deviation, std::sqrt(1.0 / 3), 1e-12);
}

TEST(GroupStats, EqualValuesHaveNoDeviationAtAll) {
    const std::vector<double> values(7, 0.1);
    EXPECT_EQ(deviationOf(values, DeviationKind::Sample), 0.0);
    EXPECT_EQ(deviationOf({}, DeviationKind::Population), 0.0);
}

TEST(GroupStats, ASilentStepIsAllZero) {
    const auto stats = stepRewardStats({});
    EXPECT_EQ(stats.mean, 0.0);
    EXPECT_EQ(stats.mixMixed, 0.0);
}

} // namespace
} // namespace viva
