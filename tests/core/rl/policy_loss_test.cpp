// SPDX-License-Identifier: GPL-3.0-or-later
// Each method of the field on cases that can be followed by hand, and what must hold for all.
#include "core/base/error.h"
#include "core/group/advantages.h"
#include "core/rl/grpo_loss.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace viva {
namespace {

constexpr std::array kTypes{
    LossType::Dapo, LossType::Grpo,  LossType::Bnpo,  LossType::DrGrpo, LossType::Cispo,
    LossType::Sapo, LossType::Luspo, LossType::Vespo, LossType::Gmpo,   LossType::PaddedLength};

torch::Tensor matrix(const std::vector<std::vector<double>>& rows, std::int64_t width,
                     double padding = 1e3) {
    auto result =
        torch::full({static_cast<std::int64_t>(rows.size()), width}, padding, torch::kDouble);
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t t = 0; t < rows[i].size(); ++t)
            result[static_cast<std::int64_t>(i)][static_cast<std::int64_t>(t)] = rows[i][t];
    return result;
}

/// One answer of two tokens whose log ratios are 0.3 and -0.1, so 0.1 in the mean.
struct OneAnswer {
    GrpoLossInput input;
    GrpoLossConfig config;

    explicit OneAnswer(LossType type, double advantage = 1) {
        config.lossType = type;
        config.beta = 0;
        input.logProbs = matrix({{-0.5, -1.0}}, 2).requires_grad_();
        input.oldLogProbs = matrix({{-0.8, -0.9}}, 2);
        input.mask = torch::ones({1, 2}, torch::kBool);
        input.advantages = torch::tensor({advantage}, torch::kDouble);
        const std::vector<AnswerShare> shares{{2, 0}};
        input.weights = torch::tensor(answerWeights(type, shares, 10), torch::kDouble);
    }
    [[nodiscard]] double loss() const { return grpoLoss(input, config).loss.item<double>(); }
    [[nodiscard]] torch::Tensor gradient() {
        grpoLoss(input, config).loss.backward();
        return input.logProbs.grad();
    }
};

TEST(PolicyLoss, GspoClipsTheAnswerAsAWhole) {
    for (const auto& [advantage, expected] :
         {std::pair(1.0, -1.0004), std::pair(-1.0, std::exp(0.1))}) {
        OneAnswer one(LossType::Grpo, advantage);
        one.config.ratioLevel = RatioLevel::Sequence;
        one.config.epsilon = 3e-4;
        one.config.epsilonHigh = 4e-4;
        EXPECT_NEAR(one.loss(), expected, 1e-12);
        EXPECT_EQ(grpoLoss(one.input, one.config).sums.highClipped, advantage > 0 ? 1 : 0);
    }
}

TEST(PolicyLoss, DapoClipsHigher) {
    OneAnswer one(LossType::Dapo);
    one.config.epsilonHigh = 0.28; // e^0.3 = 1.35 is cut, e^-0.1 is not
    EXPECT_NEAR(one.loss(), -(1.28 + std::exp(-0.1)) / 2, 1e-12);
}

TEST(PolicyLoss, DrGrpoDividesByAConstant) {
    OneAnswer one(LossType::DrGrpo);
    EXPECT_NEAR(one.loss(), -(1.2 + std::exp(-0.1)) / 10, 1e-12);
}

TEST(PolicyLoss, LuspoSumsTheTokensOfAnAnswer) {
    OneAnswer one(LossType::Luspo);
    one.config.ratioLevel = RatioLevel::Sequence;
    one.config.epsilonHigh = 2.5e-3;
    EXPECT_NEAR(one.loss(), -2 * 1.0025, 1e-12);
}

TEST(PolicyLoss, DeltaBoundsWhatTheClipLeavesFree) {
    OneAnswer one(LossType::Dapo, -1);
    EXPECT_NEAR(one.loss(), (std::exp(0.3) + std::exp(-0.1)) / 2, 1e-12);
    one.config.delta = 1.25;
    EXPECT_NEAR(one.loss(), (1.25 + std::exp(-0.1)) / 2, 1e-12);
}

TEST(PolicyLoss, CispoCapsTheWeightAndKeepsTheGradient) {
    OneAnswer one(LossType::Cispo, 2);
    one.config.epsilonHigh = 1.1;
    EXPECT_NEAR(one.loss(), -(1.1 * 2 * -0.5 + std::exp(-0.1) * 2 * -1.0) / 2, 1e-12);
    const auto gradient = one.gradient();
    EXPECT_NEAR(gradient[0][0].item<double>(), -1.1, 1e-12);
    EXPECT_NEAR(gradient[0][1].item<double>(), -std::exp(-0.1), 1e-12);
}

TEST(PolicyLoss, SapoGatesByTheSignOfTheAdvantage) {
    const auto gate = [](double tau, double logRatio) {
        return 4 / tau / (1 + std::exp(-tau * (std::exp(logRatio) - 1)));
    };
    EXPECT_NEAR(OneAnswer(LossType::Sapo, 1).loss(), -(gate(1, 0.3) + gate(1, -0.1)) / 2, 1e-12);
    EXPECT_NEAR(OneAnswer(LossType::Sapo, -1).loss(), (gate(1.05, 0.3) + gate(1.05, -0.1)) / 2,
                1e-12);
}

TEST(PolicyLoss, VespoWeighsTheSequence) {
    OneAnswer one(LossType::Vespo, 1);
    const double ratio = std::exp(0.2); // sum of the log ratios
    const double weight = std::pow(ratio, 2) * std::exp(3 * (1 - ratio));
    EXPECT_NEAR(one.loss(), -weight * (-0.5 - 1.0) / 2, 1e-12);
    EXPECT_NEAR(one.gradient()[0][0].item<double>(), -weight / 2, 1e-12);
}

TEST(PolicyLoss, GmpoTakesTheGeometricMean) {
    OneAnswer one(LossType::Gmpo, 1);
    one.config.epsilon = one.config.epsilonHigh = 0.2; // 0.3 is cut to 0.2
    EXPECT_NEAR(one.loss(), -std::exp((0.2 - 0.1) / 2), 1e-12);
    EXPECT_NEAR(OneAnswer(LossType::Gmpo, -1).loss(), std::exp(0.1), 1e-12);
}

TEST(PolicyLoss, TheUnbiasedKlIsTimesTheRatioAndDifferentiated) {
    OneAnswer one(LossType::Dapo, 0);
    one.config.beta = 0.5;
    one.config.unbiasedKl = true;
    one.input.refLogProbs = matrix({{-0.7, -1.0}}, 2); // d = -0.2, 0
    const double k3 = std::exp(-0.2) + 0.2 - 1;
    EXPECT_NEAR(one.loss(), 0.5 * std::exp(0.3) * k3 / 2, 1e-12);
    const double slope = std::exp(0.3) * (k3 + 1 - std::exp(-0.2));
    EXPECT_NEAR(one.gradient()[0][0].item<double>(), 0.5 * slope / 2, 1e-12);
}

TEST(PolicyLoss, StaleBadAnswersAreDropped) {
    OneAnswer one(LossType::Dapo, -1);
    one.input.oldLogProbs = matrix({{-0.2, -0.7}}, 2); // left behind by 0.3 a token
    one.config.offPolicyMaskThreshold = 0.29;
    EXPECT_EQ(one.loss(), 0);
    one.config.offPolicyMaskThreshold = 0.31;
    EXPECT_LT(std::abs(one.loss() - (std::exp(-0.3))), 0.2);
    one.input.advantages = torch::tensor({1.0}, torch::kDouble);
    one.config.offPolicyMaskThreshold = 0.29;
    EXPECT_NE(one.loss(), 0); // good ones stay
}

/// The worked example of the specification: three samples and the reference.
struct MixedExample {
    std::vector<std::int64_t> lengths{2, 1, 3, 2};
    GrpoLossInput input;
    GrpoLossConfig config;

    explicit MixedExample(LossType type) {
        config.lossType = type;
        const RewardTable table{.groups = {{{0.2}, {0.5}, {0.8}, {1.0}}},
                                .weights = {},
                                .offPolicy = {{false, false, false, true}}};
        const auto group = computeAdvantages(table, {.eps = 0}).groups[0];
        input.logProbs = matrix({{-.5, -1}, {-.2}, {-.7, -.3, -.1}, {-2, -.5}}, 3).requires_grad_();
        input.oldLogProbs = matrix({{-.8, -.9}, {-.2}, {-.95, -.3, -.35}, {7, 7}}, 3);
        input.refLogProbs = matrix({{-.6, -1.1}, {-.25}, {-.9, -.2, -.3}, {-2.5, -.4}}, 3);
        input.mask = torch::arange(3).unsqueeze(0) < torch::tensor(lengths).unsqueeze(1);
        input.advantages = torch::tensor(group.advantages, torch::kDouble);
        input.offPolicy = torch::tensor({false, false, false, true});
        std::vector<AnswerShare> shares;
        for (const auto length : lengths)
            shares.push_back({length, 0});
        input.weights = torch::tensor(answerWeights(type, shares, 4), torch::kDouble);
    }
    [[nodiscard]] double loss() const { return grpoLoss(input, config).loss.item<double>(); }
};

TEST(MixedPolicyLoss, GivesTheWorkedValues) {
    const std::array<LossType, 3> types{LossType::Dapo, LossType::Grpo, LossType::DrGrpo};
    const std::array<double, 3> all{0.075430, 0.190873, 0.037715};
    const std::array<double, 3> without{0.075150, 0.190594, 0.037575};
    const std::array<double, 3> shaped{-0.017205, 0.098239, -0.008603};
    for (std::size_t i = 0; i < types.size(); ++i) {
        MixedExample example(types[i]);
        EXPECT_NEAR(example.loss(), all[i], 1e-6);
        example.config.offPolicyKl = false;
        EXPECT_NEAR(example.loss(), without[i], 1e-6);
        example.config.offPolicyKl = true;
        example.config.shaping = OffPolicyShaping::Luffy;
        EXPECT_NEAR(example.loss(), shaped[i], 1e-6);
    }
}

TEST(MixedPolicyLoss, TheGradientOfAReferenceIsItsProbability) {
    MixedExample example(LossType::Dapo);
    example.config.beta = 0;
    grpoLoss(example.input, example.config).loss.backward();
    const double advantage = example.input.advantages[3].item<double>();
    EXPECT_NEAR(example.input.logProbs.grad()[3][0].item<double>(), -advantage * std::exp(-2.0) / 8,
                1e-12);
}

TEST(MixedPolicyLoss, KeepsSamplesAndReferencesApartInItsSums) {
    const MixedExample example(LossType::Dapo);
    const auto sums = grpoLoss(example.input, example.config).sums;
    EXPECT_EQ(sums.on.tokens, 6);
    EXPECT_EQ(sums.off.tokens, 2);
    EXPECT_NEAR(sums.off.ratio, std::exp(-2.0) + std::exp(-0.5), 1e-12);
    EXPECT_NEAR(sums.on.ratio, std::exp(0.3) + std::exp(-0.1) + 1 + 2 * std::exp(0.25) + 1, 1e-12);
    EXPECT_EQ(sums.clipCount, 6); // references are never clipped
}

TEST(MixedPolicyLoss, ImitatesBesideThePolicyTerm) {
    MixedExample mixed(LossType::Dapo);
    mixed.config.beta = 0;
    mixed.input.sftTokenWeight = 0.25;
    // The reference gives no policy term, but its negative log-likelihood.
    MixedExample plain(LossType::Dapo);
    plain.config.beta = 0;
    plain.input.mask[3].fill_(false);
    EXPECT_NEAR(mixed.loss(), plain.loss() + 0.25 * 2.5, 1e-12);
    EXPECT_NEAR(grpoLoss(mixed.input, mixed.config).sums.sftLoss, 2.5, 1e-12);
}

TEST(PolicyLoss, EqualRewardsGiveNoGradientUnderAnyLoss) {
    for (const auto type : kTypes) {
        OneAnswer one(type, 0);
        EXPECT_EQ(one.gradient().abs().max().item<double>(), 0) << static_cast<int>(type);
    }
}

/// Some answers of different lengths, references among them unless there is one term an answer.
GrpoLossInput someAnswers(LossType type, std::int64_t width,
                          const std::vector<std::int64_t>& order) {
    const MixedExample example(type);
    GrpoLossInput input = example.input;
    const auto index = torch::tensor(order, torch::kInt64);
    const auto shaped = [&](const torch::Tensor& tensor, double padding) {
        auto wide = torch::full({4, width}, padding, torch::kDouble);
        wide.narrow(1, 0, 3).copy_(torch::where(example.input.mask, tensor.detach(),
                                                torch::full_like(tensor.detach(), padding)));
        return wide.index_select(0, index);
    };
    const auto rows = [&](const torch::Tensor& tensor) { return tensor.index_select(0, index); };
    const double padding = width == 3 ? 5.0 : -200.0;
    input.logProbs = shaped(input.logProbs, padding).requires_grad_();
    input.oldLogProbs = shaped(input.oldLogProbs, padding);
    input.refLogProbs = shaped(input.refLogProbs, padding);
    input.mask = torch::zeros({4, width}, torch::kBool);
    input.mask.narrow(1, 0, 3).copy_(rows(example.input.mask));
    input.advantages = rows(input.advantages);
    input.weights = rows(input.weights);
    input.offPolicy = type == LossType::Gmpo ? torch::Tensor() : rows(input.offPolicy);
    return input;
}

TEST(PolicyLoss, PaddingAndOrderChangeNothing) {
    const std::vector<std::int64_t> straight{0, 1, 2, 3};
    const std::vector<std::int64_t> order{2, 0, 3, 1};
    for (const auto type : kTypes)
        for (const auto level : {RatioLevel::Token, RatioLevel::Sequence}) {
            GrpoLossConfig config;
            config.lossType = type;
            config.ratioLevel = level;
            config.unbiasedKl = true;
            const auto plain = someAnswers(type, 3, straight);
            const auto other = someAnswers(type, 6, order);
            const auto a = grpoLoss(plain, config);
            const auto b = grpoLoss(other, config);
            EXPECT_NEAR(a.loss.item<double>(), b.loss.item<double>(), 1e-12);
            a.loss.backward();
            b.loss.backward();
            const auto back = plain.logProbs.grad().index_select(0, torch::tensor(order));
            EXPECT_TRUE(torch::allclose(other.logProbs.grad().narrow(1, 0, 3), back, 0, 1e-12))
                << static_cast<int>(type);
            EXPECT_EQ(other.logProbs.grad().narrow(1, 3, 3).abs().max().item<double>(), 0);
        }
}

TEST(PolicyLoss, AgreesWithFiniteDifferences) {
    for (const auto type : kTypes) {
        if (type == LossType::Cispo || type == LossType::Vespo)
            continue; // their weights are not differentiated, by definition
        for (const bool luffy : {false, true}) {
            GrpoLossConfig config;
            config.beta = 0.3;
            config.lossType = type;
            config.unbiasedKl = true;
            config.shaping = luffy ? OffPolicyShaping::Luffy : OffPolicyShaping::None;
            auto input = someAnswers(type, 3, {0, 1, 2, 3});
            const auto leaf = input.logProbs;
            grpoLoss(input, config).loss.backward();
            const auto at = [&](std::int64_t row, std::int64_t time, double by) {
                input.logProbs = leaf.detach().clone();
                input.logProbs[row][time] += by;
                return grpoLoss(input, config).loss.item<double>();
            };
            for (std::int64_t row = 0; row < 4; ++row)
                for (std::int64_t time = 0; time < 3; ++time) {
                    const double slope = (at(row, time, 1e-6) - at(row, time, -1e-6)) / 2e-6;
                    EXPECT_NEAR(leaf.grad()[row][time].item<double>(), slope, 1e-7)
                        << static_cast<int>(type) << " " << row << " " << time;
                }
        }
    }
}

TEST(PolicyLoss, TheBonusIsTakenOffTheLoss) {
    OneAnswer one(LossType::Dapo, 0);
    one.input.entropy = matrix({{0.4, 0.8}}, 2).requires_grad_();
    one.input.entropyWeights = torch::tensor({0.5}, torch::kDouble);
    one.input.entropyMask = torch::tensor({{false, true}});
    const auto result = grpoLoss(one.input, one.config);
    EXPECT_NEAR(result.loss.item<double>(), -0.4, 1e-12);
    EXPECT_NEAR(result.sums.entropyBonus, 0.4, 1e-12);
    result.loss.backward();
    EXPECT_EQ(one.input.entropy.grad()[0][0].item<double>(), 0);
    EXPECT_NEAR(one.input.entropy.grad()[0][1].item<double>(), -0.5, 1e-12);
}

TEST(PolicyLoss, RefusesOneAdvantageATokenWhereThereIsOneTermAnAnswer) {
    OneAnswer one(LossType::Gmpo);
    one.input.advantages = torch::ones({1, 2}, torch::kDouble);
    try {
        (void)one.loss();
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
    EXPECT_THROW((void)choiceFromName<RatioLevel>("importance_sampling_level", "word"), Error);
    EXPECT_THROW((void)choiceFromName<OffPolicyShaping>("off_policy_shaping", "chord"), Error);
}

} // namespace
} // namespace viva
