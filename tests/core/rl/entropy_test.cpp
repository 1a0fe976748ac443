// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/entropy.h"

#include "core/base/error.h"
#include "core/rl/sampler_correction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace viva {
namespace {

TEST(HighEntropy, KeepsTheTopShareWithTies) {
    const auto entropy = torch::tensor({{0.1, 0.5, 0.5}, {0.9, 0.3, 99.0}}, torch::kDouble);
    const auto mask = torch::tensor({{true, true, true}, {true, true, false}});
    // Of 0.1 0.3 0.5 0.5 0.9 the upper 40 % start at 0.5, twice.
    const auto kept = highEntropyMask(entropy, mask, 0.4);
    EXPECT_TRUE(torch::equal(kept, torch::tensor({{false, true, true}, {true, false, false}})));
    EXPECT_TRUE(torch::equal(highEntropyMask(entropy, mask, 1.0), mask));
}

TEST(HighEntropy, IsEmptyWithoutTokens) {
    const auto kept = highEntropyMask(torch::ones({1, 2}), torch::zeros({1, 2}, torch::kBool), 0.2);
    EXPECT_FALSE(kept.any().item<bool>());
    EXPECT_THROW((void)entropyThreshold(torch::ones({2}), 1.5), Error);
    EXPECT_THROW((void)highEntropyMask(torch::ones({1, 2}), torch::ones({2, 1}), 0.5), Error);
}

TEST(EntropyControl, RisesBelowTheTargetAndFallsAbove) {
    EntropyControl control(
        {.coefficient = 0.02, .adaptive = true, .maximum = 0.03, .delta = 0.01, .target = 0.5});
    EXPECT_TRUE(control.active());
    EXPECT_EQ(control.acting(), 0); // nothing has been measured yet
    control.finish(4, 10);          // 0.4
    EXPECT_NEAR(control.acting(), 0.03, 1e-12);
    control.finish(5, 10); // at the target: still up, but there is a ceiling
    EXPECT_NEAR(control.acting(), 0.03, 1e-12);
    control.finish(6, 10);
    EXPECT_EQ(control.acting(), 0);
    EXPECT_NEAR(control.state().coefficient, 0.02, 1e-12);
}

TEST(EntropyControl, AFixedCoefficientStays) {
    EntropyControl control({.coefficient = -0.1});
    EXPECT_EQ(control.acting(), -0.1);
    control.finish(100, 1);
    EXPECT_EQ(control.acting(), -0.1);
    EXPECT_FALSE(EntropyControl({}).active());
}

TEST(EntropyControl, GoesOnFromItsState) {
    const EntropyControlConfig config{.coefficient = 0.1, .adaptive = true};
    EntropyControl one(config);
    one.finish(0.1, 1);
    EntropyControl other(config);
    other.restore(one.state());
    EXPECT_EQ(other.acting(), one.acting());
}

TEST(SamplerRatio, IsClampedOrDroppedByTokenOrAnswer) {
    const auto old = torch::tensor({{-1.0, -1.0, 5.0}}, torch::kDouble);
    const double unknown = std::numeric_limits<double>::quiet_NaN();
    const auto sampler = torch::tensor({{-2.0, unknown, 9.0}}, torch::kDouble);
    const auto mask = torch::tensor({{true, true, false}});
    const auto ratio = [&](SamplerCorrection mode) {
        return samplerRatio(old, sampler, mask, {.mode = mode, .clipMax = 2});
    };
    const auto row = [](std::vector<double> values) {
        return torch::tensor(values, torch::kDouble).unsqueeze(0);
    };
    EXPECT_TRUE(torch::equal(ratio(SamplerCorrection::TokenTruncate), row({2, 1, 1})));
    EXPECT_TRUE(torch::equal(ratio(SamplerCorrection::TokenMask), row({0, 1, 1})));
    EXPECT_TRUE(torch::equal(ratio(SamplerCorrection::SequenceTruncate), row({2})));
    EXPECT_TRUE(torch::equal(ratio(SamplerCorrection::SequenceMask), row({0})));
    EXPECT_THROW((void)samplerRatio(old, sampler, mask.narrow(1, 0, 2), {}), Error);
    EXPECT_THROW((void)choiceFromName<SamplerCorrection>("importance_sampling_mode", "word_mask"),
                 Error);
}

} // namespace
} // namespace viva
