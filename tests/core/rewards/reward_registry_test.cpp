// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_registry.h"

#include "core/base/error.h"
#include "core/rewards/weighted_reward.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

namespace viva {
namespace {

const std::vector<std::string> kRefs{"the cat sat on the mat"};

ErrorCode codeOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "no error";
    return ErrorCode::Internal;
}

TEST(RewardRegistry, MakesEveryRewardItLists) {
    ASSERT_GE(rewardInfos().size(), 4u);
    for (const RewardInfo& info : rewardInfos()) {
        const auto reward = makeReward(info.name);
        EXPECT_EQ(reward->name(), info.name);
        EXPECT_EQ(reward->score(kRefs[0], kRefs).value, 1.0) << info.name;
        EXPECT_LT(reward->score("dogs run", kRefs).value, 0.5) << info.name;
        EXPECT_TRUE(info.description.ends_with('.'));
    }
}

TEST(RewardRegistry, OptionsChangeTheScore) {
    const auto strict = makeReward("bleu");
    const auto relaxed = makeReward("bleu", R"({"lowercase": true, "tokenize": "char"})");
    EXPECT_LT(strict->score("THE CAT", kRefs).value, relaxed->score("THE CAT", kRefs).value);
}

TEST(RewardRegistry, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("blue")); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"lowercse": true})")); }),
              ErrorCode::Format);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"smoothing": "none)")); }),
              ErrorCode::Format);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"smoothing": "soft"})")); }),
              ErrorCode::Format);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"smooth_value": -1})")); }),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("wer", "[]")); }), ErrorCode::Format);
}

TEST(WeightedReward, IsTheMeanByWeight) {
    std::vector<WeightedPart> parts;
    parts.push_back({makeReward("exact_match"), 1.0});
    parts.push_back({makeReward("wer"), 3.0});
    const auto mix = makeWeightedReward(std::move(parts));
    const RewardBreakdown out = mix->score("the cat is on the mat", kRefs);
    EXPECT_DOUBLE_EQ(out.value, 0.75 * (5.0 / 6.0));
    ASSERT_EQ(out.parts.size(), 2u);
    EXPECT_EQ(out.parts[0].first, "exact_match");
    EXPECT_EQ(out.parts[0].second, 0.0);
}

TEST(WeightedReward, RefusesWeightsThatMakeNoMean) {
    for (const double weight : {0.0, -1.0, std::numeric_limits<double>::infinity()}) {
        EXPECT_EQ(codeOf([weight] {
                      std::vector<WeightedPart> parts;
                      parts.push_back({makeReward("bleu"), weight});
                      static_cast<void>(makeWeightedReward(std::move(parts)));
                  }),
                  ErrorCode::InvalidArgument);
    }
    EXPECT_EQ(codeOf([] { static_cast<void>(makeWeightedReward({})); }),
              ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva
