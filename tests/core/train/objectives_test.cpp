// SPDX-License-Identifier: GPL-3.0-or-later
// The options of the objective through whole steps of a tiny policy.
#include "core/base/checkpoint_folder.h"
#include "core/config/train_option.h"
#include "core/train/checkpoint.h"
#include "tests/core/train/tiny_run.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

using namespace testing_support;
using Change = std::function<void(TrainConfig&)>;

/// What is asked of a configuration beside the defaults, by name.
const std::vector<std::pair<const char*, Change>>& variants() {
    static const std::vector<std::pair<const char*, Change>> kVariants{
        {"entropy", [](auto& c) { c.entropy.coefficient = 0.05; }},
        {"adaptive",
         [](auto& c) {
             c.entropy.adaptive = true;
             c.entropy.coefficient = 0.02;
             c.entropy.target = 10;
         }},
        {"quantile", [](auto& c) { c.topEntropyQuantile = 0.3; }},
        {"sampler",
         [](auto& c) {
             c.topP = 0.8;
             c.sampler.correction = true;
             c.sampler.mode = SamplerCorrection::TokenTruncate;
         }},
        {"split",
         [](auto& c) {
             c.stepsPerGeneration = 2;
             c.numIterations = 2;
         }},
        {"sync",
         [](auto& c) {
             c.reference.sync = true;
             c.reference.syncSteps = 2;
         }},
        {"skip", [](auto& c) { c.zeroVarianceGroups = ZeroVarianceGroups::Skip; }},
        {"resample", [](auto& c) { c.zeroVarianceGroups = ZeroVarianceGroups::Resample; }},
        {"leaf", [](auto& c) { c.credit = Credit::Leaf; }},
        {"mixed", [](auto& c) { c.objective = Objective::MpGrpo; }},
        {"imitation", [](auto& c) { c.objective = Objective::RlSft; }},
        {"gspo",
         [](auto& c) {
             c.loss.lossType = LossType::Grpo;
             c.loss.ratioLevel = RatioLevel::Sequence;
         }},
        {"overlong", [](auto& c) { c.softPunishCache = 4; }},
        {"gdpo",
         [](auto& c) {
             c.advantage.aggregation = RewardAggregation::NormalizeThenSum;
             c.softPunishCache = 4;
         }},
    };
    return kVariants;
}

TEST(Objectives, EveryOptionRunsTheSameWithAnyNumberOfWorkers) {
    for (const auto& [name, change] : variants()) {
        auto config = tinyTrainConfig();
        change(config);
        EXPECT_NO_THROW(requireValid(config)) << name;
        TinyRun one(config, 1);
        TinyRun two(config, 2);
        const auto a = one.run(1);
        const auto b = two.run(1);
        EXPECT_EQ(answersText(a), answersText(b)) << name;
        EXPECT_LT(adapterDistance(one.adapter, two.adapter), 2e-5) << name;
        const auto step = only<StepEvent>(a).front();
        for (const auto& [metric, value] : step.metrics)
            EXPECT_TRUE(std::isfinite(value)) << name << " " << metric;
    }
}

TEST(Objectives, EveryOptionGoesOnBitForBit) {
    const test::TempDir folder;
    for (const auto& [name, change] : variants()) {
        auto config = tinyTrainConfig();
        change(config);
        TinyRun straight(config, 2);
        straight.run(3);
        straight.run(2);
        {
            TinyRun killed(config, 2);
            killed.run(3);
            saveCheckpoint(folder.path() / name, *killed.trainer, killed.adapter, config);
        }
        TinyRun resumed(config, 2);
        loadCheckpoint(*newestCheckpoint(folder.path() / name), *resumed.trainer);
        resumed.run(2);
        EXPECT_EQ(adapterDistance(straight.adapter, resumed.adapter), 0.0) << name;
    }
}

TEST(Objectives, EveryLossMovesTheAdapter) {
    for (const auto& [loss, name, words] : kChoices<LossType>) {
        auto config = tinyTrainConfig();
        config.loss.lossType = loss;
        config.numIterations = 2;
        config.loss.epsilonHigh = 0.28;
        TinyRun run(config, 2);
        TinyRun untouched(config);
        for (const auto& step : only<StepEvent>(run.run(2)))
            EXPECT_TRUE(std::isfinite(step.metric("loss", NAN))) << name;
        EXPECT_GT(adapterDistance(run.adapter, untouched.adapter), 0.0) << name;
    }
}

TEST(Objectives, TheRatiosOfACutSamplerAreMetrics) {
    auto config = tinyTrainConfig();
    config.topP = 0.6;
    config.sampler.correction = true;
    config.sampler.mode = SamplerCorrection::TokenTruncate;
    TinyRun cut(config);
    const auto step = only<StepEvent>(cut.run(1)).front();
    const std::string ratio = "sampling/importance_sampling_ratio/";
    // A nucleus gives what it keeps more probability than the policy does.
    EXPECT_LT(step.metric(ratio + "min", 9), 0.99);
    EXPECT_LE(step.metric(ratio + "max", 9), 1 + 1e-4);
    EXPECT_LT(step.metric(ratio + "mean", 9), step.metric(ratio + "max", 9));
    EXPECT_GT(step.metric("sampling/sampling_logp_difference/mean", 0), 0.01);
    config.sampler.correction = false;
    TinyRun plain(config);
    EXPECT_EQ(only<StepEvent>(plain.run(1)).front().metric(ratio + "mean", -1), -1);
}

TEST(Objectives, GroupsWithoutVarianceAreLeftOutWhole) {
    auto config = tinyTrainConfig();
    config.maxCompletionLength = 1; // one token: even or odd, so many groups agree
    config.numGenerations = 2;
    config.zeroVarianceGroups = ZeroVarianceGroups::Skip;
    TinyRun run(config);
    const auto events = run.run(1);
    double flat = 0;
    for (const auto& [group] : only<GroupEvent>(events))
        flat += group.zeroVariance ? 1 : 0;
    EXPECT_EQ(only<StepEvent>(events).front().metric("groups/skipped", -1), flat);
}

TEST(Objectives, GroupsWithoutVarianceAreSampledAnew) {
    auto config = tinyTrainConfig();
    config.maxCompletionLength = 1;
    config.numGenerations = 2;
    TinyRun plain(config);
    double flatBefore = 0;
    for (const auto& [group] : only<GroupEvent>(plain.run(3)))
        flatBefore += group.zeroVariance ? 1 : 0;
    ASSERT_GT(flatBefore, 0);
    config.zeroVarianceGroups = ZeroVarianceGroups::Resample;
    config.maxResamples = 40;
    TinyRun again(config, 2);
    const auto events = again.run(3);
    double replaced = 0;
    for (const auto& [group] : only<GroupEvent>(events))
        EXPECT_FALSE(group.zeroVariance);
    for (const auto& step : only<StepEvent>(events))
        replaced += step.metric("groups/resampled");
    EXPECT_GT(replaced, 0);
    // What was drawn beyond the steps' own prompts counts as used.
    EXPECT_EQ(again.trainer->progress().consumed, 12 + static_cast<std::int64_t>(replaced));
}

TEST(Objectives, ResamplingStopsAtItsCap) {
    auto config = tinyTrainConfig();
    config.maxCompletionLength = 1;
    config.numGenerations = 2;
    config.zeroVarianceGroups = ZeroVarianceGroups::Resample;
    config.maxResamples = 0;
    TinyRun run(config);
    const auto events = run.run(1);
    EXPECT_EQ(only<GroupEvent>(events).size(), 4U);
    EXPECT_EQ(only<StepEvent>(events).front().metric("groups/resampled", -1), 0);
}

TEST(Objectives, AGenerationInTwoUpdatesTakesTwoSteps) {
    auto config = tinyTrainConfig();
    config.stepsPerGeneration = 2;
    TinyRun split(config, 2);
    TinyRun whole(tinyTrainConfig(), 2);
    EXPECT_EQ(answersText(split.run(1)), answersText(whole.run(1)));
    EXPECT_EQ(split.trainer->state().optimizer.updates, 2);
    EXPECT_EQ(whole.trainer->state().optimizer.updates, 1);
}

TEST(Objectives, TheReferenceFollowsThePolicy) {
    auto config = tinyTrainConfig();
    config.reference.sync = true;
    config.reference.syncSteps = 2;
    config.reference.mixupAlpha = 1;
    TinyRun run(config);
    const auto steps = only<StepEvent>(run.run(3));
    EXPECT_EQ(steps[0].metric("kl", -1), 0); // reference = start
    EXPECT_GT(steps[1].metric("kl", -1), 0);
    EXPECT_NEAR(steps[2].metric("kl", -1), 0, 1e-6); // it moved onto the policy
}

TEST(Objectives, TheEntropyBonusRaisesTheEntropy) {
    auto config = tinyTrainConfig();
    config.maxSteps = 15;
    TinyRun plain(config, 2);
    config.entropy.coefficient = 1;
    TinyRun bonus(config, 2);
    const auto last = [](const std::vector<TrainingEvent>& events) {
        return only<StepEvent>(events).back().metric("entropy");
    };
    EXPECT_GT(last(bonus.run(15)), last(plain.run(15)));
}

TEST(Objectives, OverlongAnswersArePunished) {
    auto config = tinyTrainConfig();
    config.softPunishCache = 4;
    TinyRun run(config);
    for (const auto& [group] : only<GroupEvent>(run.run(1)))
        for (const auto& answer : group.answers) {
            const auto tokens = static_cast<double>(answer.tokenIds.size());
            const double expected = tokens <= 4 ? 0 : (4 - tokens) / 4;
            ASSERT_EQ(answer.rewardParts.back().first, "soft_overlong");
            EXPECT_NEAR(answer.rewardParts.back().second, expected, 1e-12);
        }
}

TEST(Objectives, NamesOfTheConfigurationBecomeOptionsOfTheLoss) {
    TrainConfig config;
    EXPECT_EQ(config.loss.upperEpsilon(), config.loss.epsilon);
    for (const auto& [key, text] :
         {std::pair{"loss_type", "grpo"}, std::pair{"importance_sampling_level", "sequence"},
          std::pair{"delta", "4"}, std::pair{"off_policy_shaping", "luffy"},
          std::pair{"epsilon_high", "0.3"}})
        setOption(config, key, text);
    EXPECT_EQ(config.loss.lossType, LossType::Grpo);
    EXPECT_EQ(config.loss.ratioLevel, RatioLevel::Sequence);
    EXPECT_EQ(config.loss.delta, 4);
    EXPECT_EQ(config.loss.shaping, OffPolicyShaping::Luffy);
    EXPECT_EQ(config.loss.offPolicyMaskThreshold, 0);
    EXPECT_EQ(config.loss.upperEpsilon(), 0.3);
}

} // namespace
} // namespace viva
