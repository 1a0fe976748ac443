// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective/reward_mix.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

using Texts = std::vector<std::string>;

const Texts kAnswers{"a b", "a c", "d e"};
const std::vector<Texts> kReferences(3, Texts{"a b"});

TEST(RewardMix, IsTheWeightedSumWithPartsByLabel) {
    // wer: 1, 1/2, 0; exact_match: 1, 0, 0
    const RewardMix mix({{"wer", 0.5, "{}"}, {"exact_match", -2, "{}"}}, {});
    const auto texts = mix.score(kAnswers, kReferences);
    ASSERT_EQ(texts.size(), 3U);
    EXPECT_DOUBLE_EQ(texts[0].total, 0.5 - 2.0);
    EXPECT_DOUBLE_EQ(texts[1].total, 0.25);
    EXPECT_DOUBLE_EQ(texts[2].total, 0.0);
    const std::vector<std::pair<std::string, double>> parts{{"wer", 0.5}, {"exact_match", 0.0}};
    EXPECT_EQ(texts[1].parts, parts); // unweighted
}

TEST(RewardMix, SeveralRewardsSignTheirReasonsAndOneDoesNot) {
    const auto reasonOf = [](const std::vector<RewardSpec>& specs) {
        return RewardMix(specs, {}).score(kAnswers, kReferences)[2].reason;
    };
    EXPECT_EQ(reasonOf({{"exact_match", 1, "{}"}}), "differs from every reference");
    EXPECT_EQ(
        reasonOf({{"exact_match", 1, "{}"}, {"contains", 1, "{}"}}).find("exact_match: differs"),
        0U);
    EXPECT_NE(reasonOf({{"exact_match", 1, "{}"}, {"contains", 1, "{}"}}).find("; contains: "),
              std::string::npos);
}

TEST(RewardMix, TellsTwoRewardsOfOneNameApart) {
    const RewardMix mix({{"bleu", 1, "{}"}, {"bleu", 1, R"({"lowercase": true})"}}, {});
    const Texts answers{"A B"};
    const std::vector<Texts> references{{"a b"}};
    const auto scores = mix.scoresOf(answers, references);
    ASSERT_EQ(scores.size(), 2U);
    EXPECT_EQ(scores[1].label, "bleu#2");
    EXPECT_LT(scores[0].answers[0].value, scores[1].answers[0].value);
    EXPECT_EQ(mix.score(answers, references)[0].parts[1].first, "bleu#2");
}

TEST(RewardMix, ScoresManyAnswersAsOneByOne) {
    const AnswerScorer score =
        makeAnswerScorer({{"bleu", 0.7, "{}"}, {"wer", 0.3, "{}"}}, RewardServices{});
    const auto together = score(kAnswers, kReferences);
    for (std::size_t i = 0; i < kAnswers.size(); ++i) {
        const auto alone =
            score(std::span(kAnswers).subspan(i, 1), std::span(kReferences).first(1));
        EXPECT_EQ(together[i].total, alone[0].total);
        EXPECT_EQ(together[i].parts, alone[0].parts);
        EXPECT_EQ(together[i].reason, alone[0].reason);
    }
}

TEST(RewardMix, RefusesWhatTheRegistryRefuses) {
    EXPECT_THROW(RewardMix({{"blue", 1, "{}"}}, {}), Error);
    EXPECT_THROW(RewardMix({{"bleu", 1, "{}"}, {"format", 1, "{}"}}, {}), Error);
}

} // namespace
} // namespace viva
