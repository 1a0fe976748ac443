// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/optimizer.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace viva {
namespace {

TEST(AdamW, FollowsTheAlgorithmByHand) {
    const auto parameter = torch::tensor({1.0F, -2.0F});
    AdamW optimizer({parameter},
                    {.beta1 = 0.9, .beta2 = 0.99, .epsilon = 1e-8, .weightDecay = 0.1});
    double m = 0;
    double v = 0;
    double expected = 1.0;
    for (int step = 1; step <= 3; ++step) {
        const double gradient = 0.5 * step;
        std::vector<torch::Tensor> gradients{torch::tensor({static_cast<float>(gradient), 0.0F})};
        EXPECT_NEAR(optimizer.step(gradients, 0.01, 0), gradient, 1e-7);
        m = 0.9 * m + 0.1 * gradient;
        v = 0.99 * v + 0.01 * gradient * gradient;
        expected -= 0.01 * 0.1 * expected;
        expected -= 0.01 * (m / (1 - std::pow(0.9, step))) /
                    (std::sqrt(v / (1 - std::pow(0.99, step))) + 1e-8);
        EXPECT_NEAR(parameter[0].item<double>(), expected, 1e-6);
    }
}

TEST(AdamW, ClipsTheNormOverAllTensors) {
    const std::vector<torch::Tensor> parameters{torch::zeros({1}), torch::zeros({1})};
    AdamW optimizer(parameters, {});
    std::vector<torch::Tensor> gradients{torch::full({1}, 3.0F), torch::full({1}, 4.0F)};
    EXPECT_NEAR(optimizer.step(gradients, 0.1, 1.0), 5.0, 1e-6);
    EXPECT_NEAR(gradients[1].item<double>(), 0.8, 1e-5);
    std::vector<torch::Tensor> small{torch::full({1}, 0.3F), torch::full({1}, 0.4F)};
    optimizer.step(small, 0.1, 1.0);
    EXPECT_NEAR(small[1].item<double>(), 0.4, 1e-7);
}

TEST(AdamW, LeavesEverythingAloneWhenTheGradientIsNotFinite) {
    const auto parameter = torch::ones({2});
    AdamW optimizer({parameter}, {});
    std::vector<torch::Tensor> gradients{
        torch::tensor({1.0F, std::numeric_limits<float>::quiet_NaN()})};
    EXPECT_TRUE(std::isnan(optimizer.step(gradients, 0.1, 1.0)));
    EXPECT_TRUE(torch::equal(parameter, torch::ones({2})));
    EXPECT_EQ(optimizer.state().updates, 0);
}

TEST(AdamW, GoesOnFromItsState) {
    const auto run = [](bool interrupted) {
        const auto parameter = torch::ones({3});
        auto optimizer = std::make_unique<AdamW>(std::vector{parameter}, AdamWConfig{});
        for (int step = 0; step < 4; ++step) {
            if (interrupted && step == 2) {
                const auto state = optimizer->state();
                optimizer = std::make_unique<AdamW>(std::vector{parameter}, AdamWConfig{});
                optimizer->restore(state);
            }
            std::vector<torch::Tensor> gradients{parameter * 0.3 + 0.1 * step};
            optimizer->step(gradients, 0.05, 0);
        }
        return parameter;
    };
    EXPECT_TRUE(torch::equal(run(false), run(true)));
}

TEST(AdamW, RefusesGradientsOfAnotherShape) {
    AdamW optimizer({torch::zeros({2})}, {});
    std::vector<torch::Tensor> gradients{torch::zeros({3})};
    try {
        optimizer.step(gradients, 0.1, 1.0);
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::ShapeMismatch);
    }
}

} // namespace
} // namespace viva
