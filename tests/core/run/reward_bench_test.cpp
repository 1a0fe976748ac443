// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/reward_bench.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

RewardBench makeBench() {
    return RewardBench(std::filesystem::path(VIVA_DEMO_DIR));
}

TrainConfig configWith(std::vector<RewardSpec> rewards) {
    TrainConfig config = TrainConfig::demo();
    config.rewards = std::move(rewards);
    return config;
}

const BenchInput kAnswers{{"a b", "a c", "d e"}, {"a b"}, {}};

TEST(RewardBench, GivesTheWorkedTotalsAndAdvantages) {
    // wer: 1, 1/2, 0; exact_match: 1, 0, 0. Totals 0.5 wer + 0.25 exact: 0.75, 0.25, 0.
    TrainConfig config = configWith({{"wer", 0.5, "{}"}, {"exact_match", 0.25, "{}"}});
    config.advantage.eps = 0;
    const BenchResult result = makeBench().run(kAnswers, config);
    ASSERT_TRUE(result.complete());
    ASSERT_EQ(result.rewards.size(), 2U);
    EXPECT_DOUBLE_EQ(result.rewards[0].answers[1].value, 0.5);
    EXPECT_FALSE(result.rewards[0].answers[1].reason.empty());
    EXPECT_FALSE(result.rewards[0].answers[1].parts.empty());
    // As a run stores it: several rewards sign their reasons.
    EXPECT_EQ(result.group.answers[1].reason,
              "wer: " + result.rewards[0].answers[1].reason +
                  "; exact_match: " + result.rewards[1].answers[1].reason);
    const double totals[] = {0.75, 0.25, 0.0};
    const double mean = 1.0 / 3;
    const double deviation = std::sqrt(
        (std::pow(0.75 - mean, 2) + std::pow(0.25 - mean, 2) + std::pow(0.0 - mean, 2)) / 2);
    ASSERT_EQ(result.group.answers.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(result.group.answers[i].reward, totals[i], 1e-12);
        EXPECT_NEAR(result.group.answers[i].advantage, (totals[i] - mean) / deviation, 1e-12);
    }
    EXPECT_NEAR(result.group.rewardMean, mean, 1e-12);
    EXPECT_NEAR(result.group.rewardStd, deviation, 1e-12);
}

TEST(RewardBench, FollowsTheScalingOfTheForm) {
    TrainConfig config = configWith({{"wer", 1.0, "{}"}});
    config.advantage.scale = ScaleRewards::None;
    const BenchResult result = makeBench().run(kAnswers, config);
    EXPECT_NEAR(result.group.answers[0].advantage, 0.5, 1e-12);
    EXPECT_NEAR(result.group.answers[2].advantage, -0.5, 1e-12);
}

TEST(RewardBench, TheReferenceJoinsWhereTheObjectiveTakesIt) {
    TrainConfig config = configWith({{"wer", 1.0, "{}"}});
    config.objective = Objective::MpGrpo;
    const BenchResult result = makeBench().run({{"a c", "d e"}, {"a b"}, {}}, config);
    ASSERT_EQ(result.group.answers.size(), 3U);
    EXPECT_EQ(result.group.answers[2].origin, AnswerOrigin::Reference);
    EXPECT_DOUBLE_EQ(result.group.answers[2].reward, 1.0);
    EXPECT_GT(result.group.answers[2].advantage, 0);
    config.objective = Objective::RlSft;
    EXPECT_EQ(makeBench().run({{"a c", "d e"}, {"a b"}, {}}, config).group.answers.size(), 2U);
}

TEST(RewardBench, SaysWhatIsWrongRewardByReward) {
    const TrainConfig config = configWith({{"wer", 1.0, "{}"},
                                           {"bertscore", 1.0, "{}"},
                                           {"expression", 1.0, R"({"expression": "blue + 1"})"},
                                           {"bleu", 1.0, R"({"smoothing": "nice"})"}});
    const BenchResult result = makeBench().run(kAnswers, config);
    EXPECT_FALSE(result.complete());
    EXPECT_TRUE(result.rewards[0].problem.empty());
    EXPECT_EQ(result.rewards[0].answers.size(), 3U);
    for (std::size_t r = 1; r < 4; ++r) {
        EXPECT_FALSE(result.rewards[r].made) << r;
        EXPECT_FALSE(result.rewards[r].problem.empty()) << r;
    }
    EXPECT_NE(result.rewards[2].problem.find("blue"), std::string::npos);
}

TEST(RewardBench, AMissingReferenceIsNoFaultOfTheReward) {
    const BenchResult result = makeBench().run({{"a b"}, {}, {}}, configWith({{"bleu", 1, "{}"}}));
    EXPECT_TRUE(result.rewards[0].made);
    EXPECT_FALSE(result.rewards[0].problem.empty());
}

TEST(RewardBench, WithoutAnswersOnlyTheRewardsAreChecked) {
    const BenchResult result =
        makeBench().run({}, configWith({{"bleu", 1, "{}"}, {"format", 1, "{}"}}));
    EXPECT_TRUE(result.rewards[0].made);
    EXPECT_FALSE(result.rewards[1].made); // it needs a pattern
    EXPECT_TRUE(result.group.answers.empty());
}

TEST(RewardBench, CountsTokensByTheModel) {
    TrainConfig config = configWith({{"wer", 1.0, "{}"}});
    config.softPunishCache = 8;
    config.maxCompletionLength = 10;
    const BenchResult told = makeBench().run({{"a b", "a b"}, {"a b"}, {2, 6}}, config);
    EXPECT_DOUBLE_EQ(told.group.answers[0].reward, 1.0);
    EXPECT_DOUBLE_EQ(told.group.answers[1].reward, 1.0 + (10.0 - 8 - 6) / 8);
    const BenchResult counted = makeBench().run(
        {{"The captain keeps the old map under the kitchen table."}, {"a b"}, {}}, config);
    ASSERT_EQ(counted.group.answers[0].rewardParts.size(), 2U);
    EXPECT_LT(counted.group.answers[0].rewardParts[1].second, 0);
}

TEST(RewardBench, ScalesEachRewardByItselfWhereTheFormSaysSo) {
    TrainConfig config = configWith({{"wer", 1.0, "{}"}, {"exact_match", 1.0, "{}"}});
    config.advantage.aggregation = RewardAggregation::NormalizeThenSum;
    const BenchResult result = makeBench().run(kAnswers, config);
    double sum = 0;
    for (const Answer& answer : result.group.answers)
        sum += answer.advantage;
    EXPECT_NEAR(sum, 0, 1e-9);
    EXPECT_GT(result.group.answers[0].advantage, result.group.answers[1].advantage);
}

TEST(RewardBench, TellsTwoRewardsOfOneNameApart) {
    const BenchResult result = makeBench().run(
        kAnswers, configWith({{"bleu", 1, "{}"}, {"bleu", 1, R"({"lowercase": true})"}}));
    EXPECT_EQ(result.rewards[0].label, "bleu");
    EXPECT_EQ(result.rewards[1].label, "bleu#2");
}

} // namespace
} // namespace viva
