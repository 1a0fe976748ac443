// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/sft_loss.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <limits>

namespace viva {
namespace {

TEST(SftLoss, IsTheMeanNegativeLogLikelihoodOfTheStepsTokens) {
    auto logProbs = torch::tensor({{-1.0, -2.0}, {-4.0, -std::numeric_limits<double>::infinity()}},
                                  torch::kDouble)
                        .requires_grad_();
    const auto mask = torch::tensor({{1, 1}, {1, 0}});
    const auto loss = sftLoss(logProbs, mask, 10);
    EXPECT_NEAR(loss.item<double>(), 0.7, 1e-12);
    loss.backward();
    EXPECT_NEAR(logProbs.grad()[0][1].item<double>(), -0.1, 1e-12);
    EXPECT_EQ(logProbs.grad()[1][1].item<double>(), 0.0);
}

TEST(SftLoss, RefusesWhatCannotBe) {
    EXPECT_THROW((void)sftLoss(torch::zeros({1, 2}), torch::zeros({2, 1}), 1), Error);
    EXPECT_THROW((void)sftLoss(torch::zeros({1, 2}), torch::ones({1, 2}), 0), Error);
}

} // namespace
} // namespace viva
