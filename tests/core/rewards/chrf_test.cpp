// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/chrf.h"

#include "core/base/error.h"
#include "tests/core/rewards/golden_lines.h"

#include <rapidcheck.h>

namespace viva {
namespace {

using testing_support::expectClose;
using testing_support::readMetric;

TEST(Chrf, IsTheHandComputedValueForOneWrongLetter) {
    // "ab" against "ac", runs of up to two: precision and recall 1/2 and 0/1, so 1/4 each
    const std::vector<std::string> refs{"a c"};
    const ChrfOptions options{.charOrder = 2};
    expectClose(sentenceChrf("ab", refs, options), 25.0, "ab");
    EXPECT_EQ(chrfStatistics("ab", refs, options),
              (ChrfStatistics{{.hypothesis = 2, .reference = 2, .matches = 1},
                              {.hypothesis = 1, .reference = 1, .matches = 0}}));
}

TEST(Chrf, GoldenSentencesAgree) {
    const auto file = readMetric("chrf.jsonl");
    ASSERT_GT(file.lines.size(), 400u);
    for (const auto& line : file.lines) {
        const auto refs = line.at("refs").get<std::vector<std::string>>();
        const auto hyp = line.at("hyp").get<std::string>();
        expectClose(sentenceChrf(hyp, refs), line.at("scores")[0], line.at("id"));
        expectClose(sentenceChrf(hyp, refs, ChrfOptions{.wordOrder = 2}), line.at("scores")[8],
                    line.at("id"));
    }
}

TEST(Chrf, AnEmptyPairHasTheSmallestSmoothedScore) {
    const std::vector<std::string> refs{""};
    expectClose(sentenceChrf("", refs, ChrfOptions{.epsSmoothing = true}), 1e-14, "empty");
    EXPECT_EQ(sentenceChrf("", refs), 0.0);
}

TEST(Chrf, EqualTextsScoreAHundredAndSpacesDoNotCount) {
    EXPECT_TRUE(rc::check("equal texts", [] {
        const auto word =
            *rc::gen::nonEmpty(rc::gen::container<std::string>(rc::gen::inRange('a', 'f')));
        const std::vector<std::string> refs{word + "  " + word};
        RC_ASSERT(std::abs(sentenceChrf(word + " " + word, refs) - 100.0) < 1e-9);
    }));
}

TEST(Chrf, TheRewardExplainsItself) {
    const auto reward = makeChrfReward("chrfpp", ChrfOptions{.wordOrder = 2});
    const std::vector<std::string> refs{"no match at all", "the cat sat"};
    const RewardBreakdown out = reward->score("the cat sat", refs);
    EXPECT_DOUBLE_EQ(out.value, 1.0);
    EXPECT_NE(out.reason.find("words"), std::string::npos);
    EXPECT_EQ(out.parts.size(), 16u);
}

TEST(Chrf, RefusesOrdersItDoesNotCount) {
    try {
        static_cast<void>(makeChrfReward("chrf", ChrfOptions{.charOrder = 9}));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

} // namespace
} // namespace viva
