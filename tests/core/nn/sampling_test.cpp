// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/rng.h"
#include "core/nn/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace viva::test {
namespace {

/// Probabilities 0.4, 0.3, 0.2, 0.1 at temperature 1, ids in mixed order.
torch::Tensor fourTokens() {
    return torch::tensor({0.2, 0.4, 0.1, 0.3}).log().unsqueeze(0) + 3.0;
}

SampledTokens draw(const GenerationConfig& config, double uniform) {
    return sampleTokens(fourTokens(), config, std::vector<double>{uniform});
}

std::set<std::int64_t> reachable(const GenerationConfig& config) {
    std::set<std::int64_t> ids;
    for (int i = 0; i < 1000; ++i)
        ids.insert(draw(config, i / 1000.0).ids[0].item<std::int64_t>());
    return ids;
}

TEST(SampleTokens, WalksTheDistributionInIdOrder) {
    const GenerationConfig config;
    EXPECT_EQ(draw(config, 0.0).ids[0].item<std::int64_t>(), 0);
    EXPECT_EQ(draw(config, 0.199).ids[0].item<std::int64_t>(), 0);
    EXPECT_EQ(draw(config, 0.201).ids[0].item<std::int64_t>(), 1);
    EXPECT_EQ(draw(config, 0.599).ids[0].item<std::int64_t>(), 1);
    EXPECT_EQ(draw(config, 0.601).ids[0].item<std::int64_t>(), 2);
    EXPECT_EQ(draw(config, 0.9999).ids[0].item<std::int64_t>(), 3);
    EXPECT_NEAR(draw(config, 0.3).logProbs[0].item<double>(), std::log(0.4), 1e-6);
}

TEST(SampleTokens, FrequenciesFollowTheTemperature) {
    GenerationConfig config;
    config.temperature = 2.0;
    Rng rng(5, "sampling");
    constexpr int kDraws = 20000;
    std::array<int, 4> counts{};
    for (int i = 0; i < kDraws; ++i)
        ++counts[static_cast<std::size_t>(draw(config, rng.uniform()).ids[0].item<std::int64_t>())];
    const torch::Tensor p = torch::softmax(fourTokens()[0] / 2.0, -1);
    for (std::size_t i = 0; i < 4; ++i)
        EXPECT_NEAR(static_cast<double>(counts[i]) / kDraws,
                    p[static_cast<std::int64_t>(i)].item<double>(), 0.012);
}

TEST(SampleTokens, CutsKeepTheRightTokens) {
    GenerationConfig config;
    config.topK = 2;
    EXPECT_EQ(reachable(config), (std::set<std::int64_t>{1, 3}));
    config = {};
    config.topP = 0.65; // 0.4 + 0.3 is the smallest set that reaches it
    EXPECT_EQ(reachable(config), (std::set<std::int64_t>{1, 3}));
    config.topP = 0.75;
    EXPECT_EQ(reachable(config), (std::set<std::int64_t>{0, 1, 3}));
    config.topP = 0.001;
    EXPECT_EQ(reachable(config), (std::set<std::int64_t>{1}));
    config = {};
    config.minP = 0.6; // at least 0.24
    EXPECT_EQ(reachable(config), (std::set<std::int64_t>{1, 3}));
    config.topK = 1;
    EXPECT_EQ(reachable(config), (std::set<std::int64_t>{1}));
}

TEST(SampleTokens, LogProbsAreThoseOfWhatWasSampledFrom) {
    GenerationConfig config;
    config.topK = 2;
    const SampledTokens sampled = draw(config, 0.9);
    EXPECT_EQ(sampled.ids[0].item<std::int64_t>(), 3);
    EXPECT_NEAR(sampled.logProbs[0].item<double>(), std::log(0.3 / 0.7), 1e-6);
    EXPECT_NEAR(sampled.fullLogProbs[0].item<double>(), std::log(0.3), 1e-6);
}

TEST(SampleTokens, GreedyTakesTheFirstOfTheLargest) {
    GenerationConfig config;
    config.greedy = true;
    config.temperature = 0.5; // ignored
    const torch::Tensor logits =
        torch::tensor({{1.0F, 4.0F, 4.0F, 0.0F}, {9.0F, 1.0F, 2.0F, 3.0F}});
    const SampledTokens sampled = sampleTokens(logits, config, {});
    EXPECT_EQ(sampled.ids[0].item<std::int64_t>(), 1);
    EXPECT_EQ(sampled.ids[1].item<std::int64_t>(), 0);
    EXPECT_NEAR(sampled.logProbs[0].item<double>(),
                torch::log_softmax(logits[0], -1)[1].item<double>(), 1e-6);
}

TEST(SampleTokens, RefusesSettingsOutOfRange) {
    const auto code = [](auto change) {
        GenerationConfig config;
        change(config);
        try {
            (void)draw(config, 0.5);
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    EXPECT_EQ(code([](auto& c) { c.temperature = 0.0; }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code([](auto& c) { c.temperature = NAN; }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code([](auto& c) { c.topP = 0.0; }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code([](auto& c) { c.topK = -1; }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code([](auto& c) { c.minP = 1.0; }), ErrorCode::InvalidArgument);
    EXPECT_EQ(code([](auto& c) { c.maxCompletionLength = 0; }), ErrorCode::InvalidArgument);
    EXPECT_THROW((void)sampleTokens(fourTokens(), {}, std::vector<double>{0.1, 0.2}), Error);
}

} // namespace
} // namespace viva::test
