// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/kl.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

TEST(Kl, EstimatorsFollowTheirFormulas) {
    const auto policy = torch::tensor({{-1.0, -2.0}}, torch::kDouble);
    const auto reference = torch::tensor({{-1.3, -1.6}}, torch::kDouble); // d = 0.3, -0.4
    const auto value = [&](KlEstimator estimator, int time) {
        return klPerToken(policy, reference, estimator)[0][time].item<double>();
    };
    EXPECT_NEAR(value(KlEstimator::K1, 0), 0.3, 1e-12);
    EXPECT_NEAR(value(KlEstimator::K1, 1), -0.4, 1e-12);
    EXPECT_NEAR(value(KlEstimator::K2, 1), 0.08, 1e-12);
    EXPECT_NEAR(value(KlEstimator::K3, 0), std::exp(-0.3) + 0.3 - 1, 1e-12);
    EXPECT_NEAR(value(KlEstimator::K3, 1), std::exp(0.4) - 0.4 - 1, 1e-12);
}

TEST(Kl, K3HasNoGradientAtEqualPolicies) {
    auto policy = torch::tensor({{-1.0, -2.0}}, torch::kDouble).requires_grad_();
    klPerToken(policy, policy.detach(), KlEstimator::K3).sum().backward();
    EXPECT_EQ(policy.grad().abs().max().item<double>(), 0.0);
}

TEST(Kl, RefusesShapesThatDiffer) {
    EXPECT_THROW((void)klPerToken(torch::zeros({2, 3}), torch::zeros({2, 4}), KlEstimator::K3),
                 Error);
}

TEST(Kl, KnowsItsNames) {
    EXPECT_EQ(choiceFromName<KlEstimator>("kl_estimator", "k2"), KlEstimator::K2);
    EXPECT_THROW((void)choiceFromName<KlEstimator>("kl_estimator", "k4"), Error);
}

} // namespace
} // namespace viva
