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
    for (const auto scale : {ScaleRewards::Group, ScaleRewards::Batch, ScaleRewards::None}) {
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
                                          {.scale = ScaleRewards::Batch, .eps = 0});
    // All four rewards: mean 0.5, squares 0.25 + 0.25 + 0.01 + 0.01, over 3.
    const double deviation = std::sqrt(0.52 / 3);
    expectNear(groups[0].advantages, {-0.5 / deviation, 0.5 / deviation}, 1e-12);
    expectNear(groups[1].advantages, {-0.1 / deviation, 0.1 / deviation}, 1e-12);
}

TEST(Advantages, AreOnlyCentredWithoutScale) {
    const auto groups = computeAdvantages(Rewards{{0.0, 1.0, 0.5}}, {.scale = ScaleRewards::None});
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

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

TEST(RewardTables, LeaveOutWhatDoesNotApply) {
    // The third answer has no reward at all, the second only one of two.
    const RewardTable table{.groups = {{{0.2, 1.0}, {0.4, kNone}, {kNone, kNone}}},
                            .weights = {1.0, 0.5},
                            .offPolicy = {}};
    const auto group = computeAdvantages(table, {.eps = 0}).groups[0];
    expectNear({group.totals[0], group.totals[1]}, {0.7, 0.4}, 1e-12);
    EXPECT_TRUE(std::isnan(group.totals[2]));
    const double half = std::sqrt(0.5);
    expectNear(group.advantages, {half, -half, 0}, 1e-12);
}

TEST(RewardTables, ScaleEachRewardByItsGroupFirst) {
    // Both rewards order the answers alike; the second is 100 times as large and must not drown the
    // first. Per group z = -1, 1 over sqrt(2) each, summed and scaled by the batch again.
    const RewardTable table{.groups = {{{0.1, 100.0}, {0.3, 300.0}}, {{0.5, 10.0}, {0.4, 20.0}}},
                            .weights = {},
                            .offPolicy = {}};
    const auto step =
        computeAdvantages(table, {.eps = 0, .aggregation = RewardAggregation::NormalizeThenSum});
    // Sums: -sqrt 2, sqrt 2, 0, 0; deviation sqrt(4 / 3).
    const double scaled = std::sqrt(2.0) / std::sqrt(4.0 / 3);
    expectNear(step.groups[0].advantages, {-scaled, scaled}, 1e-12);
    expectNear(step.groups[1].advantages, {0, 0}, 1e-12);
    EXPECT_EQ(step.fracRewardZeroStd, 0);
}

TEST(RewardTables, MeasureReferencesAgainstTheSamplesAlone) {
    const RewardTable table{
        .groups = {{{0.2}, {0.4}, {1.0}}}, .weights = {}, .offPolicy = {{false, false, true}}};
    const AdvantageConfig config{.eps = 0, .baseline = AdvantageBaseline::OnPolicy};
    const double deviation = std::sqrt(0.02);
    expectNear(computeAdvantages(table, config).groups[0].advantages,
               {-0.1 / deviation, 0.1 / deviation, 0.7 / deviation}, 1e-12);
}

TEST(RewardTables, ReplaceADeviationOfZero) {
    const RewardTable table{
        .groups = {{{0.5}, {0.5}, {1.0}}}, .weights = {}, .offPolicy = {{false, false, true}}};
    AdvantageConfig config{.baseline = AdvantageBaseline::OnPolicy};
    EXPECT_NEAR(computeAdvantages(table, config).groups[0].advantages[2], 0.5 / 1e-4, 1e-6);
    config.zeroStdReplacement = 1;
    expectNear(computeAdvantages(table, config).groups[0].advantages, {0, 0, 0.5 / 1.0001}, 1e-12);
}

TEST(RewardTables, PermutingAnswersPermutesAdvantages) {
    const std::vector<double> rewards{0.11, 0.93, 0.42, 0.37, 0.6};
    const std::vector<std::size_t> order{3, 0, 4, 2, 1};
    std::vector<double> shuffled;
    for (const auto index : order)
        shuffled.push_back(rewards[index]);
    for (const auto scale : {ScaleRewards::Group, ScaleRewards::Batch, ScaleRewards::None}) {
        const auto straight = computeAdvantages(Rewards{rewards}, {.scale = scale})[0].advantages;
        const auto other = computeAdvantages(Rewards{shuffled}, {.scale = scale})[0].advantages;
        for (std::size_t i = 0; i < order.size(); ++i)
            EXPECT_NEAR(other[i], straight[order[i]], 1e-12);
    }
}

TEST(RewardTables, RefuseWhatDoesNotFit) {
    for (const RewardTable& table :
         {RewardTable{.groups = {{{0.1}, {0.1, 0.2}}}, .weights = {}, .offPolicy = {}},
          RewardTable{.groups = {{{0.1}}}, .weights = {1, 2}, .offPolicy = {}},
          RewardTable{.groups = {{{0.1}}}, .weights = {}, .offPolicy = {{true, false}}},
          RewardTable{.groups = {{{std::numeric_limits<double>::infinity()}}},
          .weights = {},
          .offPolicy = {}}})
        try {
            (void)computeAdvantages(table, {});
            ADD_FAILURE() << "accepted";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
    EXPECT_THROW((void)choiceFromName<ScaleRewards>("scale_rewards", "all"), Error);
    EXPECT_THROW((void)choiceFromName<AdvantageBaseline>("advantage_baseline", "all"), Error);
}

} // namespace
} // namespace viva
