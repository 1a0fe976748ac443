// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/ter.h"

#include "core/text/alignment.h"
#include "tests/core/rewards/golden_lines.h"

#include <rapidcheck.h>

namespace viva {
namespace {

using testing_support::expectClose;
using testing_support::readMetric;

TEST(Ter, CountsAMovedBlockOnce) {
    const std::vector<std::string> refs{"a b c d e f"};
    const TerStatistics statistics = terStatistics("d e f a b c", refs);
    EXPECT_EQ(statistics.edits, 1);
    expectClose(terScore(statistics), 100.0 / 6, "moved");
}

TEST(Ter, GoldenEditsAgree) {
    const auto file = readMetric("ter.jsonl");
    ASSERT_GT(file.lines.size(), 400u);
    for (const auto& line : file.lines) {
        const auto refs = line.at("refs").get<std::vector<std::string>>();
        const TerStatistics got = terStatistics(line.at("hyp").get<std::string>(), refs);
        EXPECT_EQ(got.edits, line.at("edits")[0].get<std::int64_t>()) << line.at("id");
        expectClose(terScore(got), line.at("scores")[0], line.at("id"));
    }
}

TEST(Ter, NeedsNeverMoreEditsThanWordsAreWrong) {
    const auto words = rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a", "b", "c", "d"));
    EXPECT_TRUE(rc::check("bounded by the edit distance", [&words] {
        const auto hyp = *words;
        const auto ref = *words;
        std::string hypText;
        std::string refText;
        for (const auto& word : hyp)
            hypText += word + " ";
        for (const auto& word : ref)
            refText += word + " ";
        const std::int64_t distance = countEdits(alignWords(hypText, refText)).errors();
        const std::int64_t edits = terEdits(hyp, ref).total();
        RC_ASSERT(edits <= distance);
        RC_ASSERT((edits > 0) == (hyp != ref));
    }));
}

TEST(Ter, NormalisingSetsMarksApart) {
    EXPECT_EQ(terWords("It's 3,5 &amp; more.", TerOptions{.normalized = true}),
              (std::vector<std::string>{"it", "'s", "3,5", "&", "more", "."}));
    EXPECT_EQ(terWords("Well, (yes)!", TerOptions{.noPunct = true, .caseSensitive = true}),
              (std::vector<std::string>{"Well", "yes"}));
    EXPECT_EQ(terWords("我爱你。", TerOptions{.normalized = true, .asianSupport = true}),
              (std::vector<std::string>{"我", "爱", "你", "。"}));
}

TEST(Ter, ReferencesAreNormalisedTwiceAsByTheTool) {
    // sacreBLEU 2.6.0 prepares references twice: &amp;lt; is < there and &lt; in the hypothesis
    const std::vector<std::string> refs{"a &amp;lt; b"};
    const TerOptions options{.normalized = true};
    EXPECT_EQ(terStatistics("a < b", refs, options).edits, 0);
    EXPECT_EQ(terStatistics("a &amp;lt; b", refs, options).referenceLength, 3.0);
}

TEST(Ter, TheRewardFallsWithTheEdits) {
    const auto reward = makeTerReward();
    const std::vector<std::string> refs{"a b c d"};
    EXPECT_DOUBLE_EQ(reward->score("a b c x", refs).value, 0.75);
    EXPECT_DOUBLE_EQ(reward->score("x y z q r s t u", refs).value, 0.0);
    const std::vector<std::string> answers{"a b c d", "a b"};
    const std::vector<std::vector<std::string>> all{refs, refs};
    EXPECT_DOUBLE_EQ(reward->corpusScore(answers, all).value, 25.0);
}

} // namespace
} // namespace viva
