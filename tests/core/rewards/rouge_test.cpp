// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/rouge.h"

#include "tests/core/rewards/golden_lines.h"

#include <rapidcheck.h>

namespace viva {
namespace {

using testing_support::expectClose;
using testing_support::readMetric;

TEST(Rouge, GoldenScoresAgree) {
    const auto file = readMetric("rouge.jsonl");
    ASSERT_GT(file.lines.size(), 400u);
    for (const auto& line : file.lines)
        for (const bool stem : {false, true})
            for (const RougeKind kind :
                 {RougeKind::One, RougeKind::Two, RougeKind::L, RougeKind::Lsum}) {
                const auto& stored =
                    stem && line.contains("stem") ? line["stem"] : line.at("plain");
                const auto refs = line.at("refs").get<std::vector<std::string>>();
                const RougeScore got = bestRouge(kind, line.at("hyp").get<std::string>(), refs,
                                                 RougeOptions{.stem = stem});
                const auto& want = stored.at(std::string(toString(kind)));
                expectClose(got.precision, want[0], line.at("id"));
                expectClose(got.recall, want[1], line.at("id"));
                expectClose(got.f, want[2], line.at("id"));
            }
}

TEST(Rouge, LsumJoinsTheSequencesOfAllLines) {
    // each line of the answer has one half of the reference's only line
    const RougeScore whole = rougeScore(RougeKind::L, "c d\na b", "a b c d");
    const RougeScore lines = rougeScore(RougeKind::Lsum, "c d\na b", "a b c d");
    EXPECT_DOUBLE_EQ(whole.f, 0.5);
    EXPECT_DOUBLE_EQ(lines.f, 1.0);
}

TEST(Rouge, AnUmlautSeparates) {
    EXPECT_EQ(rougeWords("für Größe 5"), (std::vector<std::string>{"f", "r", "gr", "e", "5"}));
    EXPECT_EQ(rougeWords("Running dogs", RougeOptions{.stem = true}),
              (std::vector<std::string>{"run", "dog"}));
}

TEST(Rouge, SwappingTheTextsSwapsPrecisionAndRecall) {
    const auto text = rc::gen::container<std::string>(rc::gen::element<char>('a', 'b', 'c', ' '));
    EXPECT_TRUE(rc::check("symmetry", [&text] {
        const auto left = *text;
        const auto right = *text;
        for (const RougeKind kind : {RougeKind::One, RougeKind::Two, RougeKind::L}) {
            const RougeScore one = rougeScore(kind, left, right);
            const RougeScore other = rougeScore(kind, right, left);
            RC_ASSERT(one.precision == other.recall);
            RC_ASSERT(one.f == other.f);
            RC_ASSERT(one.f <= 1.0);
        }
    }));
}

TEST(Rouge, TheValueIsTheFigureThatWasAskedFor) {
    const std::vector<std::string> refs{"a b c d"};
    EXPECT_DOUBLE_EQ(
        makeRougeReward(RougeKind::One, {}, RougeValue::Precision)->score("a b", refs).value, 1.0);
    EXPECT_DOUBLE_EQ(
        makeRougeReward(RougeKind::One, {}, RougeValue::Recall)->score("a b", refs).value, 0.5);
}

} // namespace
} // namespace viva
