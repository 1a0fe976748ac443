// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/group/leaf.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

/// Two answers share their first two tokens, a third stands alone; token 2 is the surprise.
std::vector<std::vector<LeafAnswer>> threeAnswers() {
    return {{{{1, 2, 3, 4}, {0.1, 0.1, 2.0, 0.1}, 1.0},
             {{1, 2, 5, 6}, {0.1, 0.1, 1.0, 0.1}, 0.5},
             {{7, 8, 9}, {0.1, 0.1, 0.1}, 0.0}}};
}

TEST(Leaf, CreditsSpansAsTheTreeSays) {
    const auto result =
        leafAdvantages(threeAnswers(), {.numForks = 1, .scope = LeafScope::None})[0];
    EXPECT_EQ(result.forks, (std::vector<std::int64_t>{2}));
    // Root 0.5; the node of the first two answers 0.75, so 0.25 twice over sqrt(2).
    const double node = 0.5 / std::sqrt(2.0);
    ASSERT_EQ(result.spans[0].size(), 2U);
    EXPECT_NEAR(result.spans[0][0].advantage, node, 1e-12);
    EXPECT_EQ(result.spans[0][0].end, 2);
    EXPECT_NEAR(result.spans[0][1].advantage, (1.0 - 0.5) + (1.0 - 0.75), 1e-12);
    EXPECT_NEAR(result.spans[1][1].advantage, (0.5 - 0.5) + (0.5 - 0.75), 1e-12);
    ASSERT_EQ(result.spans[2].size(), 1U);
    EXPECT_NEAR(result.spans[2][0].advantage, 2 * (0.0 - 0.5), 1e-12);
    EXPECT_EQ(result.spans[2][0].end, 3);
}

TEST(Leaf, TakesOneTermAlone) {
    const auto span = [](LeafTerms terms) {
        return leafAdvantages(threeAnswers(),
                              {.numForks = 1, .terms = terms, .scope = LeafScope::None})[0]
            .spans[0][1]
            .advantage;
    };
    EXPECT_NEAR(span(LeafTerms::Global), 0.5, 1e-12);
    EXPECT_NEAR(span(LeafTerms::Local), 0.25, 1e-12);
}

TEST(Leaf, KeepsBoundariesApart) {
    std::vector<LeafAnswer> answers(2);
    for (auto& answer : answers) {
        answer.tokenIds.assign(12, 1);
        answer.surprisals.assign(12, 0.1);
    }
    answers[0].surprisals[6] = 3;
    answers[0].surprisals[7] = 2; // too near: the distance is 12 / 3 = 4
    answers[1].surprisals[10] = 1;
    const auto forks =
        leafAdvantages(std::vector<std::vector<LeafAnswer>>{answers}, {.numForks = 2})[0].forks;
    EXPECT_EQ(forks, (std::vector<std::int64_t>{6, 10}));
}

TEST(Leaf, ScoresHaveMeanZeroAndDeviationOne) {
    for (const auto scope : {LeafScope::Prompt, LeafScope::Batch}) {
        auto prompts = threeAnswers();
        prompts.push_back(prompts[0]);
        prompts[1][0].reward = 0.2;
        double sum = 0;
        double squares = 0;
        double count = 0;
        for (const auto& result : leafAdvantages(prompts, {.numForks = 1, .scope = scope}))
            for (const auto& spans : result.spans)
                for (const auto& span : spans) {
                    sum += span.advantage;
                    squares += span.advantage * span.advantage;
                    ++count;
                }
        EXPECT_NEAR(sum, 0, 1e-12);
        const double groups = scope == LeafScope::Prompt ? 2 : 1;
        EXPECT_NEAR(squares, count - groups, 1e-9);
    }
}

TEST(Leaf, EqualRewardsGiveNothing) {
    auto prompts = threeAnswers();
    for (auto& answer : prompts[0])
        answer.reward = 0.1;
    const auto results = leafAdvantages(prompts, {});
    for (const auto& spans : results[0].spans)
        for (const auto& span : spans)
            EXPECT_NEAR(span.advantage, 0, 1e-9);
}

TEST(Leaf, RefusesAnswersWithoutSurprisals) {
    auto prompts = threeAnswers();
    prompts[0][1].surprisals.pop_back();
    try {
        (void)leafAdvantages(prompts, {});
        FAIL() << "accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
    EXPECT_THROW((void)choiceFromName<LeafScope>("leaf_zscore_scope", "group"), Error);
    EXPECT_THROW((void)choiceFromName<LeafTerms>("leaf_advantage_terms", "all"), Error);
}

TEST(Leaf, APromptWithoutAnswersStaysEmpty) {
    const auto results = leafAdvantages(std::vector<std::vector<LeafAnswer>>(1), {});
    EXPECT_TRUE(results[0].forks.empty());
    EXPECT_TRUE(results[0].spans.empty());
}

} // namespace
} // namespace viva
