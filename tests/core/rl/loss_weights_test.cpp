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

TEST(LossWeights, AreZeroWhenEverythingIsMasked) {
    for (const auto type : {LossType::Dapo, LossType::Grpo, LossType::Bnpo, LossType::DrGrpo})
        EXPECT_EQ(answerWeights(type, std::vector<AnswerShare>{{0, 0}}, 10).front(), 0.0);
}

TEST(LossWeights, KnowTheirNames) {
    EXPECT_EQ(lossTypeFromName("dapo"), LossType::Dapo);
    EXPECT_EQ(lossTypeFromName("grpo"), LossType::Grpo);
    EXPECT_EQ(lossTypeFromName("bnpo"), LossType::Bnpo);
    EXPECT_EQ(lossTypeFromName("dr_grpo"), LossType::DrGrpo);
    EXPECT_THROW((void)lossTypeFromName("ppo"), Error);
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
