// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective/group_rewards.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

/// Answers of so many tokens.
Group groupOf(std::initializer_list<std::size_t> tokens) {
    Group group;
    group.question.references = {"right"};
    for (const std::size_t count : tokens) {
        Answer& answer = group.answers.emplace_back();
        answer.text = "of " + std::to_string(count);
        answer.tokenIds.assign(count, 7);
    }
    return group;
}

TrainConfig configWith(int cache) {
    TrainConfig config;
    config.maxCompletionLength = 20;
    config.softPunishCache = cache;
    return config;
}

double punished(std::size_t tokens, int cache) {
    Group group = groupOf({tokens});
    group.answers[0].reward = 1;
    punishOverlong(group, configWith(cache),
                   [&](std::size_t) { return static_cast<std::int64_t>(tokens); });
    return group.answers[0].reward - 1;
}

TEST(GroupRewards, OneCallScoresAllGroupsInOrderAgainstTheirOwnReferences) {
    std::vector<Group> groups{groupOf({1, 2}), groupOf({3})};
    groups[1].question.references = {"other", "two"};
    int calls = 0;
    const AnswerScorer score = [&](std::span<const std::string> answers,
                                   std::span<const std::vector<std::string>> references) {
        ++calls;
        std::vector<RewardedText> out;
        for (std::size_t i = 0; i < answers.size(); ++i)
            out.push_back({static_cast<double>(i),
                           {{"n", 1.0}},
                           answers[i] + " for " + references[i].front()});
        return out;
    };
    rewardGroups(groups, score, configWith(0));
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(groups[0].answers[1].reward, 1);
    EXPECT_EQ(groups[1].answers[0].reward, 2);
    EXPECT_EQ(groups[1].answers[0].reason, "of 3 for other");
    EXPECT_EQ(groups[0].answers[0].rewardParts.size(), 1U); // nothing is punished
}

TEST(GroupRewards, OverlongSamplesAreLoweredAndReferencesAreNot) {
    std::vector<Group> groups{groupOf({15, 18, 20})};
    groups[0].answers[2].origin = AnswerOrigin::Reference;
    rewardGroups(groups, oneByOne([](const std::string&, const std::vector<std::string>&) {
                     return RewardedText{1.0, {{"n", 1.0}}, ""};
                 }),
                 configWith(5));
    EXPECT_EQ(groups[0].answers[0].reward, 1.0);
    EXPECT_DOUBLE_EQ(groups[0].answers[1].reward, 1.0 - 0.6);
    EXPECT_EQ(groups[0].answers[2].reward, 1.0);
    for (const Answer& answer : groups[0].answers) {
        ASSERT_EQ(answer.rewardParts.size(), 2U);
        EXPECT_EQ(answer.rewardParts[1].first, "soft_overlong");
    }
}

TEST(SoftOverlong, FallsLinearlyInTheLastTokens) {
    EXPECT_EQ(punished(15, 5), 0);
    EXPECT_NEAR(punished(16, 5), -0.2, 1e-15);
    EXPECT_EQ(punished(20, 5), -1);
    EXPECT_EQ(punished(21, 5), -1);
    EXPECT_EQ(punished(21, 0), 0); // switched off
}

TEST(SoftOverlong, ACacheThatDoesNotFitLeavesTheGroupAsItWas) {
    Group group = groupOf({3, 4});
    const auto tokens = [](std::size_t) { return std::int64_t{3}; };
    EXPECT_THROW(punishOverlong(group, configWith(21), tokens), Error);
    const auto failing = [](std::size_t i) -> std::int64_t {
        if (i == 1)
            throw Error(ErrorCode::NotFound, "no tokenizer");
        return 20;
    };
    EXPECT_THROW(punishOverlong(group, configWith(5), failing), Error);
    EXPECT_EQ(group.answers[0].reward, 0);
    EXPECT_TRUE(group.answers[0].rewardParts.empty());
}

} // namespace
} // namespace viva
