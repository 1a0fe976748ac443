// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/loss_weights.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

const std::vector<AnswerShare> kAnswers{{2, 0}, {0, 0}, {4, 1}, {2, 1}};

void expectWeights(LossType type, const std::vector<double>& expected) {
    const auto weights = answerWeights(type, kAnswers, 10);
    ASSERT_EQ(weights.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i)
        EXPECT_NEAR(weights[i], expected[i], 1e-15) << "answer " << i;
}

TEST(LossWeights, FollowTheirFormulas) {
    expectWeights(LossType::Dapo, {1.0 / 8, 0, 1.0 / 8, 1.0 / 8});
    expectWeights(LossType::Grpo, {1.0 / 8, 0, 1.0 / 16, 1.0 / 8});
    expectWeights(LossType::Bnpo, {1.0 / 4, 0, 1.0 / 12, 1.0 / 12});
    expectWeights(LossType::DrGrpo, {1.0 / 40, 0, 1.0 / 40, 1.0 / 40});
}

TEST(LossWeights, FollowTheirFormulasBeyondTheFirstFour) {
    expectWeights(LossType::Cispo, {1.0 / 8, 0, 1.0 / 8, 1.0 / 8});
    expectWeights(LossType::Vespo, {1.0 / 8, 0, 1.0 / 8, 1.0 / 8});
    expectWeights(LossType::Sapo, {1.0 / 8, 0, 1.0 / 16, 1.0 / 8});
    expectWeights(LossType::Luspo, {1.0 / 4, 0, 1.0 / 4, 1.0 / 4});
    expectWeights(LossType::Gmpo, {1.0 / 4, 1.0 / 4, 1.0 / 4, 1.0 / 4});
    expectWeights(LossType::PaddedLength, {1.0 / 4, 0, 1.0 / 4, 1.0 / 4});
}

TEST(LossWeights, DivideByTheShareOfAWiderGeneration) {
    const LossNormaliser normaliser{.type = LossType::Dapo, .tokens = 20};
    EXPECT_NEAR(answerWeights(normaliser, kAnswers)[0], 1.0 / 20, 1e-15);
    // One of two micro-batches of an update: its rows count for half.
    const LossNormaliser half{.type = LossType::Grpo, .microBatches = 2};
    const std::vector<AnswerShare> first(kAnswers.begin(), kAnswers.begin() + 2);
    EXPECT_NEAR(answerWeights(half, first)[0], 1.0 / (4 * 2), 1e-15);
}

TEST(LossWeights, LeaveUncountedAnswersOutOfTheDivisorOnly) {
    const std::vector<AnswerShare> answers{{2, 0}, {4, 0, false}};
    EXPECT_NEAR(answerWeights(LossType::Dapo, answers, 10)[1], 1.0 / 2, 1e-15);
    EXPECT_NEAR(answerWeights(LossType::Grpo, answers, 10)[1], 1.0 / 4, 1e-15);
    EXPECT_NEAR(answerWeights(LossType::DrGrpo, answers, 10)[0], 1.0 / 10, 1e-15);
}

TEST(LossWeights, AreZeroWhenEverythingIsMasked) {
    for (const auto type : {LossType::Dapo, LossType::Grpo, LossType::Bnpo, LossType::DrGrpo})
        EXPECT_EQ(answerWeights(type, std::vector<AnswerShare>{{0, 0}}, 10).front(), 0.0);
}

TEST(LossWeights, KnowTheirNames) {
    EXPECT_EQ(choiceFromName<LossType>("loss_type", "dapo"), LossType::Dapo);
    EXPECT_EQ(choiceFromName<LossType>("loss_type", "grpo"), LossType::Grpo);
    EXPECT_EQ(choiceFromName<LossType>("loss_type", "bnpo"), LossType::Bnpo);
    EXPECT_EQ(choiceFromName<LossType>("loss_type", "dr_grpo"), LossType::DrGrpo);
    EXPECT_THROW((void)choiceFromName<LossType>("loss_type", "ppo"), Error);
}

TEST(LossWeights, RefuseANegativeCount) {
    try {
        (void)answerWeights(LossType::Dapo, std::vector<AnswerShare>{{-1, 0}}, 10);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace viva
