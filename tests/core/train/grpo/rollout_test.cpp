// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/rollout.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

/// Two prompts (the step's second and third) with two samples each.
Generated generatedFour() {
    Generated generated;
    generated.ids = torch::tensor({{5, 6, 1}, {5, 1, 0}, {7, 1, 0}, {8, 9, 9}}, torch::kInt64);
    generated.lengths = {3, 2, 2, 3};
    generated.finished = {true, true, true, false};
    generated.fullLogProbs = torch::full({4, 3}, -0.5F);
    generated.logProbs = torch::full({4, 3}, -0.25F);
    return generated;
}

std::vector<TrainExample> threeExamples() {
    std::vector<TrainExample> examples(3);
    examples[1].targetIds = {2, 1};
    examples[2].targetIds = {3, 1};
    examples[2].referenceIds = {{3, 1}, {4, 4, 4, 1}};
    return examples;
}

const MicroBatch kLastTwo{0, {1, 3}};

TEST(Rollout, SamplesOfAllPromptsThenTheirReferences) {
    const auto rollout = rolloutOf(kLastTwo, generatedFour(), threeExamples(),
                                   {.samples = 2, .references = 2, .keepSampler = true});
    EXPECT_EQ(rollout.samples, 4U);
    EXPECT_EQ(rollout.answers.lengths, (std::vector<std::int64_t>{3, 2, 2, 3, 2, 2, 4}));
    EXPECT_EQ(rollout.answers.promptOf, (std::vector<std::int64_t>{0, 0, 1, 1, 0, 1, 1}));
    EXPECT_EQ(rollout.finished, (std::vector<bool>{true, true, true, false, true, true, true}));
    const std::vector<std::pair<std::size_t, std::size_t>> expected{{1, 0}, {1, 1}, {2, 0}, {2, 1},
                                                                    {1, 2}, {2, 2}, {2, 3}};
    for (std::size_t row = 0; row < expected.size(); ++row) {
        EXPECT_EQ(rollout.rows[row].group, expected[row].first) << row;
        EXPECT_EQ(rollout.rows[row].answer, expected[row].second) << row;
        EXPECT_EQ(rollout.offPolicy[static_cast<std::int64_t>(row)].item<bool>(), row >= 4);
    }
    EXPECT_EQ(rowTokens(rollout.answers, 6)[0], 4);
    EXPECT_EQ(rollout.sampledLogProbs.size(1), 4); // as wide as the longest reference
    EXPECT_TRUE(std::isnan(rollout.samplerLogProbs[6][0].item<float>()));
    EXPECT_EQ(rollout.samplerLogProbs[0][0].item<float>(), -0.25F);
}

TEST(Rollout, WithOneOfSeveralReferencesTheStepsTakeTurns) {
    for (const std::int64_t step : {1, 2, 3}) {
        const auto rollout = rolloutOf(kLastTwo, generatedFour(), threeExamples(),
                                       {.samples = 2, .references = 1, .step = step});
        EXPECT_EQ(rollout.answers.lengths.back(), step % 2 == 1 ? 2 : 4) << step;
    }
}

TEST(Rollout, WhatTheConfigurationDoesNotAskForIsUndefined) {
    const auto rollout = rolloutOf(kLastTwo, generatedFour(), threeExamples(), {.samples = 2});
    EXPECT_FALSE(rollout.offPolicy.defined());
    EXPECT_FALSE(rollout.samplerLogProbs.defined());
    const auto mask = torch::ones({4, 3}, torch::kBool);
    EXPECT_TRUE(torch::equal(sampleMask(rollout, mask), mask));
}

TEST(Rollout, AnswersGivenTwiceAreComputedOnceAndCountTwice) {
    AnswerBatch answers;
    answers.ids = torch::tensor({{5, 1, 0}, {5, 1, 9}, {5, 1, 7}, {5, 1, 0}}, torch::kInt64);
    answers.lengths = {2, 2, 3, 2};
    answers.promptOf = {0, 0, 0, 1};
    const auto distinct = distinctAnswers(answers);
    EXPECT_EQ(distinct.answers.lengths, (std::vector<std::int64_t>{2, 3, 2}));
    EXPECT_EQ(distinct.answers.promptOf, (std::vector<std::int64_t>{0, 0, 1}));
    EXPECT_TRUE(torch::equal(distinct.copyOf, torch::tensor({0, 0, 1, 2}, torch::kInt64)));
    EXPECT_TRUE(torch::equal(distinct.answers.ids[1], answers.ids[2]));
    EXPECT_TRUE(torch::equal(distinct.toRows(torch::tensor({{1}, {2}, {3}})),
                             torch::tensor({{1}, {1}, {2}, {3}})));
}

} // namespace
} // namespace viva
