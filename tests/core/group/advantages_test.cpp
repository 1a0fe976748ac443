// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/advantages.h"

#include "core/base/error.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <numeric>

namespace viva {
namespace {

using Rewards = std::vector<std::vector<double>>;

void expectNear(const std::vector<double>& actual, const std::vector<double>& expected,
                double tolerance) {
    ASSERT_EQ(actual.size(), expected.size());
    for (std::size_t i = 0; i < actual.size(); ++i)
        EXPECT_NEAR(actual[i], expected[i], tolerance) << "answer " << i;
}

TEST(Advantages, AreMinusOneZeroOneForThreeEvenlySpacedRewards) {
    const auto groups = computeAdvantages(Rewards{{0.2, 0.5, 0.8}}, {.eps = 0});
    expectNear(groups[0].advantages, {-1, 0, 1}, 1e-12);
    EXPECT_NEAR(groups[0].mean, 0.5, 1e-12);
    EXPECT_NEAR(groups[0].deviation, 0.3, 1e-12);
    EXPECT_FALSE(groups[0].zeroVariance);
}

TEST(Advantages, CountTheReferenceAsAMemberOfTheGroup) {
    const Rewards rewards{{0.2, 0.5, 0.8, 1.0}};
    expectNear(computeAdvantages(rewards, {.eps = 0})[0].advantages,
               {-1.214286, -0.357143, 0.5, 1.071429}, 1e-6);
    expectNear(computeAdvantages(rewards, {.deviation = DeviationKind::Population, .eps = 0})[0]
                   .advantages,
               {-1.402136, -0.412393, 0.577350, 1.237179}, 1e-6);
}

TEST(Advantages, AddEpsToTheDeviation) {
    const auto groups = computeAdvantages(Rewards{{0.0, 1.0}}, {.eps = 1e-4});
    const double deviation = std::sqrt(0.5);
    EXPECT_NEAR(groups[0].advantages[1], 0.5 / (deviation + 1e-4), 1e-12);
}

TEST(Advantages, AreExactlyZeroForEqualRewardsThatBinaryCannotHold) {
    for (const auto scale : {AdvantageScale::Group, AdvantageScale::Batch, AdvantageScale::None}) {
        const auto groups =
            computeAdvantages(Rewards{{0.1, 0.1, 0.1}, {0.7, 0.3, 0.1}}, {.scale = scale});
        EXPECT_TRUE(groups[0].zeroVariance);
        EXPECT_THAT(groups[0].advantages, testing::Each(0.0));
        EXPECT_FALSE(groups[1].zeroVariance);
    }
}

TEST(Advantages, SumToZeroInEveryGroup) {
    const auto groups =
        computeAdvantages(Rewards{{0.11, 0.37, 0.93, 0.2}, {0.5, 0.25, 0.125, 0.9}}, {});
    for (const auto& group : groups)
        EXPECT_NEAR(std::accumulate(group.advantages.begin(), group.advantages.end(), 0.0), 0,
                    1e-12);
}

TEST(Advantages, UseTheDeviationOfAllRewardsWhenScaledByBatch) {
    const auto groups = computeAdvantages(Rewards{{0.0, 1.0}, {0.4, 0.6}},
                                          {.scale = AdvantageScale::Batch, .eps = 0});
    // All four rewards: mean 0.5, squares 0.25 + 0.25 + 0.01 + 0.01, over 3.
    const double deviation = std::sqrt(0.52 / 3);
    expectNear(groups[0].advantages, {-0.5 / deviation, 0.5 / deviation}, 1e-12);
    expectNear(groups[1].advantages, {-0.1 / deviation, 0.1 / deviation}, 1e-12);
}

TEST(Advantages, AreOnlyCentredWithoutScale) {
    const auto groups =
        computeAdvantages(Rewards{{0.0, 1.0, 0.5}}, {.scale = AdvantageScale::None});
    expectNear(groups[0].advantages, {-0.5, 0.5, 0.0}, 1e-12);
}

TEST(Advantages, HonourTheFloorOfTheDeviation) {
    const auto groups = computeAdvantages(Rewards{{0.4, 0.6}}, {.eps = 1e-6, .floor = 1.0 / 3});
    EXPECT_NEAR(groups[0].advantages[1], 0.1 / (1.0 / 3 + 1e-6), 1e-12);
}

TEST(Advantages, AreZeroForALoneAnswerAndEmptyForNone) {
    const auto groups = computeAdvantages(Rewards{{0.4}, {}}, {});
    EXPECT_THAT(groups[0].advantages, testing::ElementsAre(0.0));
    EXPECT_TRUE(groups[1].advantages.empty());
}

TEST(Advantages, RefuseARewardThatIsNoNumber) {
    try {
        (void)computeAdvantages(Rewards{{0.1, std::numeric_limits<double>::quiet_NaN()}}, {});
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace viva
