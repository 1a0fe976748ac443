// SPDX-License-Identifier: GPL-3.0-or-later
// References in the group (MP-GRPO) and beside it (RL + SFT), through whole steps.
#include "tests/core/train/tiny_run.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace viva {
namespace {

using namespace testing_support;

TrainConfig mixedConfig(Objective objective = Objective::MpGrpo) {
    auto config = tinyTrainConfig();
    config.objective = objective;
    return config;
}

int referencesIn(const Group& group) {
    int count = 0;
    for (const auto& answer : group.answers)
        count += answer.origin == AnswerOrigin::Reference ? 1 : 0;
    return count;
}

TEST(MixedPolicy, EveryGroupHasItsReferenceAsAMember) {
    TinyRun run(mixedConfig(), 2);
    const auto events = run.run(1);
    const auto groups = only<GroupEvent>(events);
    ASSERT_EQ(groups.size(), 4U);
    for (const auto& [group] : groups) {
        ASSERT_EQ(group.answers.size(), 4U); // three samples and the reference
        EXPECT_EQ(referencesIn(group), 1);
        const auto& reference = group.answers.back();
        EXPECT_EQ(reference.origin, AnswerOrigin::Reference);
        EXPECT_TRUE(reference.finished);
        EXPECT_TRUE(reference.logProbs.empty()); // nobody sampled it
        EXPECT_EQ(reference.newLogProbs.size(), reference.tokenIds.size());
        EXPECT_EQ(reference.refLogProbs.size(), reference.tokenIds.size());
        EXPECT_EQ(reference.tokenIds.back(), 1); // with its end
        double sum = 0;
        for (const auto& answer : group.answers)
            sum += answer.advantage;
        EXPECT_NEAR(sum, 0, 1e-9);
    }
}

TEST(MixedPolicy, TheCurvesTellSamplesAndReferencesApart) {
    TinyRun run(mixedConfig(), 2);
    const auto events = run.run(1);
    const auto step = only<StepEvent>(events).front();
    double on = 0;
    double off = 0;
    double probability = 0;
    double tokens = 0;
    for (const auto& [group] : only<GroupEvent>(events))
        for (const auto& answer : group.answers) {
            const bool reference = answer.origin == AnswerOrigin::Reference;
            (reference ? off : on) += answer.reward / (reference ? 4 : 12);
            if (reference)
                for (const float logProb : answer.newLogProbs) {
                    probability += std::exp(static_cast<double>(logProb));
                    ++tokens;
                }
        }
    EXPECT_NEAR(step.metric("on_reward", -1), on, 1e-12);
    EXPECT_NEAR(step.metric("reward", -1), on, 1e-12);
    EXPECT_NEAR(step.metric("off_reward", -1), off, 1e-12);
    EXPECT_NEAR(step.metric("off_ratio_mean", -1), probability / tokens, 1e-5);
    EXPECT_NEAR(step.metric("on_ratio_mean", -1), 1, 1e-12);
    EXPECT_NE(step.metric("off_pg_loss", -1), -1);
    EXPECT_EQ(step.metric("completions/max_length", -1) <= 8, true); // the references are longer
}

TEST(MixedPolicy, SeveralReferencesJoinWhereThereAreSeveral) {
    auto config = mixedConfig();
    config.mixed.references = 2;
    TinyRun run(config, 2);
    bool two = false;
    bool one = false;
    for (const auto& [group] : only<GroupEvent>(run.run(2))) {
        const int references = referencesIn(group);
        EXPECT_EQ(group.answers.size(), 2U + static_cast<std::size_t>(references));
        two = two || references == 2;
        one = one || references == 1;
    }
    EXPECT_TRUE(two);
    EXPECT_TRUE(one);
}

TEST(MixedPolicy, OneOfSeveralReferencesTakesItsTurn) {
    TinyRun run(mixedConfig(), 1);
    std::set<std::size_t> lengths;
    for (const auto& [group] : only<GroupEvent>(run.run(6)))
        lengths.insert(group.answers.back().tokenIds.size());
    EXPECT_EQ(lengths, (std::set<std::size_t>{4, 10}));
}

TEST(MixedPolicy, RaisesTheProbabilityOfTheReference) {
    auto config = mixedConfig(Objective::RlSft);
    config.maxSteps = 20;
    config.loss.beta = 0;
    config.mixed.sftCoef = 1;
    TinyRun run(config, 2);
    const auto steps = only<StepEvent>(run.run(20));
    EXPECT_GT(steps.back().metric("off_policy_prob"),
              1.5 * steps.front().metric("off_policy_prob"));
    EXPECT_LT(steps.back().metric("sft_loss"), steps.front().metric("sft_loss"));
}

TEST(MixedPolicy, RlSftKeepsTheWholeGroupOfSamples) {
    TinyRun run(mixedConfig(Objective::RlSft), 2);
    for (const auto& [group] : only<GroupEvent>(run.run(1))) {
        EXPECT_EQ(group.answers.size(), 5U);
        EXPECT_EQ(group.answers.back().advantage, 0); // imitated, not compared
        double sum = 0;
        for (const auto& answer : group.answers)
            sum += answer.advantage;
        EXPECT_NEAR(sum, 0, 1e-9);
    }
}

TEST(MixedPolicy, WithCoefficientZeroRlSftIsGrpo) {
    auto config = mixedConfig(Objective::RlSft);
    config.mixed.sftCoef = 0;
    config.loss.offPolicyKl = false;
    TinyRun mixed(config);
    TinyRun plain(tinyTrainConfig());
    mixed.run(1);
    plain.run(1);
    EXPECT_LT(adapterDistance(mixed.adapter, plain.adapter), 1e-5);
}

TEST(MixedPolicy, TheCoefficientFallsOnItsSchedule) {
    auto config = mixedConfig(Objective::RlSft);
    config.mixed.sftSchedule = SftSchedule::Linear;
    TinyRun run(config);
    const auto steps = only<StepEvent>(run.run(2));
    EXPECT_NEAR(steps[0].metric("sft_coef"), 0.1, 1e-12);
    EXPECT_NEAR(steps[1].metric("sft_coef"), 0.1 * 5 / 6, 1e-12);
}

TEST(MixedPolicy, WorkersAndAccumulationChangeNothingButRounding) {
    for (const auto objective : {Objective::MpGrpo, Objective::RlSft}) {
        auto config = mixedConfig(objective);
        TinyRun one(config, 1);
        TinyRun three(config, 3);
        config.gradientAccumulationSteps = 2;
        TinyRun cut(config, 1);
        const auto answers = answersText(one.run(1));
        EXPECT_EQ(answers, answersText(three.run(1)));
        EXPECT_EQ(answers, answersText(cut.run(1)));
        EXPECT_LT(adapterDistance(one.adapter, three.adapter), 1e-5) << nameOf(objective);
        EXPECT_LT(adapterDistance(one.adapter, cut.adapter), 1e-5) << nameOf(objective);
    }
}

} // namespace
} // namespace viva
