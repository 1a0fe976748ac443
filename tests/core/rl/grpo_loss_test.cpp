// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/grpo_loss.h"

#include "core/base/error.h"
#include "core/group/advantages.h"
#include "core/rl/loss_weights.h"

#include <gtest/gtest.h>

#include <limits>

namespace viva {
namespace {

constexpr double kNoise = 1e3; // padding: any use of it shows

torch::Tensor rows(const std::vector<std::vector<double>>& values, std::int64_t width) {
    auto tensor =
        torch::full({static_cast<std::int64_t>(values.size()), width}, kNoise, torch::kDouble);
    for (std::size_t i = 0; i < values.size(); ++i)
        for (std::size_t t = 0; t < values[i].size(); ++t)
            tensor[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(t)] = values[i][t];
    return tensor;
}

torch::Tensor maskOf(const std::vector<std::int64_t>& lengths, std::int64_t width) {
    const auto times = torch::arange(width).unsqueeze(0);
    return times < torch::tensor(lengths).unsqueeze(1);
}

torch::Tensor vectorOf(const std::vector<double>& values) {
    return torch::tensor(values, torch::kDouble);
}

/// The three on-policy answers of the worked example: rewards .2 .5 .8, advantages -1 0 1.
struct Worked {
    std::vector<std::int64_t> lengths{2, 1, 3};
    GrpoLossInput input;
    GrpoLossConfig config;

    explicit Worked(LossType type, std::int64_t width = 3) {
        std::vector<AnswerShare> shares;
        for (const auto length : lengths)
            shares.push_back({length, 0});
        input.logProbs = rows({{-.5, -1}, {-.2}, {-.7, -.3, -.1}}, width).requires_grad_();
        input.oldLogProbs = rows({{-.8, -.9}, {-.2}, {-.95, -.3, -.35}}, width);
        input.refLogProbs = rows({{-.6, -1.1}, {-.25}, {-.9, -.2, -.3}}, width);
        input.mask = maskOf(lengths, width);
        const std::vector<std::vector<double>> rewards{{0.2, 0.5, 0.8}};
        input.advantages = vectorOf(computeAdvantages(rewards, {.eps = 0})[0].advantages);
        input.weights = vectorOf(answerWeights(type, shares, 4));
    }
    [[nodiscard]] double loss() const { return grpoLoss(input, config).loss.item<double>(); }
};

TEST(GrpoLoss, GivesTheWorkedValuesForEveryNormalisation) {
    EXPECT_NEAR(Worked(LossType::Dapo).loss(), -0.190706, 1e-6);
    EXPECT_NEAR(Worked(LossType::Bnpo).loss(), -0.190706, 1e-6);
    EXPECT_NEAR(Worked(LossType::Grpo).loss(), -0.001860, 1e-6);
    EXPECT_NEAR(Worked(LossType::DrGrpo).loss(), -0.095353, 1e-6);
}

TEST(GrpoLoss, GivesTheWorkedValuesWithAHigherUpperClip) {
    const auto loss = [](LossType type) {
        Worked worked(type);
        worked.config.epsilonHigh = 0.28;
        return worked.loss();
    };
    EXPECT_NEAR(loss(LossType::Dapo), -0.217372, 1e-6);
    EXPECT_NEAR(loss(LossType::Grpo), -0.019638, 1e-6);
    EXPECT_NEAR(loss(LossType::DrGrpo), -0.108686, 1e-6);
}

TEST(GrpoLoss, CountsTheClippedTokensOfTheWorkedExample) {
    const Worked worked(LossType::Dapo);
    const auto sums = grpoLoss(worked.input, worked.config).sums;
    // Ratios: e^.3 with A -1 (not clipped: the minimum keeps it), e^-.1, 1, e^.25 (clipped), 1,
    // e^.25 (clipped).
    EXPECT_EQ(sums.tokens, 6);
    EXPECT_EQ(sums.lowClipped, 0);
    EXPECT_EQ(sums.highClipped, 2);
    EXPECT_EQ(sums.lowShareMin, 0);
    EXPECT_NEAR(sums.highShareMax, 2.0 / 3, 1e-12);
}

TEST(GrpoLoss, AgreesWithFiniteDifferences) {
    for (const auto estimator : {KlEstimator::K1, KlEstimator::K2, KlEstimator::K3}) {
        Worked worked(LossType::Grpo);
        worked.config.klEstimator = estimator;
        worked.config.beta = 0.3;
        grpoLoss(worked.input, worked.config).loss.backward();
        const auto gradient = worked.input.logProbs.grad();
        constexpr double kStep = 1e-6;
        for (std::int64_t row = 0; row < 3; ++row)
            for (std::int64_t time = 0; time < worked.lengths[static_cast<std::size_t>(row)];
                 ++time) {
                const auto shifted = [&](double by) {
                    Worked other = worked;
                    other.input.logProbs = worked.input.logProbs.detach().clone();
                    other.input.logProbs[row][time] += by;
                    return other.loss();
                };
                const double slope = (shifted(kStep) - shifted(-kStep)) / (2 * kStep);
                EXPECT_NEAR(gradient[row][time].item<double>(), slope, 1e-7)
                    << "answer " << row << " token " << time;
            }
    }
}

TEST(GrpoLoss, DoesNotSeePadding) {
    Worked narrow(LossType::Dapo);
    Worked wide(LossType::Dapo, 7);
    wide.input.refLogProbs = wide.input.refLogProbs.masked_fill(
        ~wide.input.mask, std::numeric_limits<double>::infinity());
    const auto a = grpoLoss(narrow.input, narrow.config);
    const auto b = grpoLoss(wide.input, wide.config);
    EXPECT_DOUBLE_EQ(a.loss.item<double>(), b.loss.item<double>());
    EXPECT_DOUBLE_EQ(a.sums.kl, b.sums.kl);
    a.loss.backward();
    b.loss.backward();
    const auto gradient = wide.input.logProbs.grad();
    EXPECT_TRUE(torch::equal(narrow.input.logProbs.grad(), gradient.slice(1, 0, 3)));
    EXPECT_TRUE(
        torch::equal(gradient.masked_select(~wide.input.mask), torch::zeros({15}, torch::kDouble)));
}

TEST(GrpoLoss, EqualRewardsGiveNoPolicyGradient) {
    Worked worked(LossType::Dapo);
    worked.config.beta = 0;
    const std::vector<std::vector<double>> rewards{{0.1, 0.1, 0.1}};
    worked.input.advantages = vectorOf(computeAdvantages(rewards, {})[0].advantages);
    const auto result = grpoLoss(worked.input, worked.config);
    result.loss.backward();
    EXPECT_EQ(result.loss.item<double>(), 0.0);
    EXPECT_EQ(worked.input.logProbs.grad().abs().max().item<double>(), 0.0);
}

TEST(GrpoLoss, RatioIsExactlyOneOnTheFirstInnerUpdate) {
    Worked worked(LossType::Dapo);
    worked.config.beta = 0;
    worked.input.logProbs = worked.input.logProbs.detach().to(torch::kFloat).requires_grad_();
    worked.input.oldLogProbs = torch::Tensor();
    const auto result = grpoLoss(worked.input, worked.config);
    EXPECT_EQ(result.sums.maxRatioDeviation, 0.0);
    EXPECT_EQ(result.sums.klPolicy, 0.0);
    result.loss.backward();
    // The gradient is that of -A log pi / N: +1/6 for the worst answer's tokens, -1/6 for the best
    // one's.
    EXPECT_NEAR(worked.input.logProbs.grad()[0][0].item<double>(), 1.0 / 6, 1e-7);
    EXPECT_EQ(worked.input.logProbs.grad()[1][0].item<double>(), 0.0);
    EXPECT_NEAR(worked.input.logProbs.grad()[2][2].item<double>(), -1.0 / 6, 1e-7);
}

TEST(GrpoLoss, PiecesOfAStepAddUp) {
    Worked whole(LossType::Grpo);
    double sum = 0;
    GrpoLossSums sums;
    for (std::int64_t row = 0; row < 3; ++row) {
        const auto cut = [&](const torch::Tensor& tensor) { return tensor.slice(0, row, row + 1); };
        const auto piece = grpoLoss({.logProbs = cut(whole.input.logProbs),
                                     .oldLogProbs = cut(whole.input.oldLogProbs),
                                     .refLogProbs = cut(whole.input.refLogProbs),
                                     .mask = cut(whole.input.mask),
                                     .advantages = cut(whole.input.advantages),
                                     .weights = cut(whole.input.weights)},
                                    whole.config);
        sum += piece.loss.item<double>();
        sums += piece.sums;
    }
    const auto result = grpoLoss(whole.input, whole.config);
    EXPECT_NEAR(sum, result.loss.item<double>(), 1e-12);
    EXPECT_NEAR(sums.kl, result.sums.kl, 1e-12);
    EXPECT_EQ(sums.highClipped, result.sums.highClipped);
}

TEST(GrpoLoss, TakesOneAdvantagePerToken) {
    Worked perAnswer(LossType::Dapo);
    Worked perToken(LossType::Dapo);
    perToken.input.advantages = perAnswer.input.advantages.unsqueeze(1).expand({3, 3}).contiguous();
    EXPECT_DOUBLE_EQ(perAnswer.loss(), perToken.loss());
}

TEST(GrpoLoss, RefusesShapesThatDiffer) {
    Worked worked(LossType::Dapo);
    worked.input.mask = worked.input.mask.slice(1, 0, 2);
    try {
        (void)worked.loss();
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
}

} // namespace
} // namespace viva
