// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/alignment.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>

namespace viva {
namespace {

/// "=the ~is/sat -on +under" for reading.
std::string spell(const std::vector<AlignmentOp>& ops, std::string_view hyp, std::string_view ref) {
    std::string out;
    for (const AlignmentOp& op : ops) {
        if (!out.empty())
            out += " ";
        const std::string h(op.hypothesis.of(hyp));
        const std::string r(op.reference.of(ref));
        switch (op.kind) {
        case AlignmentKind::Equal:
            out += "=" + h;
            break;
        case AlignmentKind::Substitute:
            out += "~" + h + "/" + r;
            break;
        case AlignmentKind::Delete:
            out += "-" + r;
            break;
        case AlignmentKind::Insert:
            out += "+" + h;
            break;
        }
    }
    return out;
}

std::string words(std::string_view hyp, std::string_view ref) {
    return spell(alignWords(hyp, ref), hyp, ref);
}

TEST(Alignment, NamesEveryKindOfEdit) {
    EXPECT_EQ(words("the cat is on the mat", "the cat sat on the mat"),
              "=the =cat ~is/sat =on =the =mat");
    EXPECT_EQ(words("the cat", "the cat sat on"), "=the =cat -sat -on");
    EXPECT_EQ(words("oh the big cat", "the cat"), "+oh =the +big =cat");
    EXPECT_EQ(words("", "a b"), "-a -b");
    EXPECT_EQ(words("a b", " "), "+a +b");
}

TEST(Alignment, TabsJoinWordsAndRunsOfSpacesDoNot) {
    EXPECT_EQ(alignmentWords(" a\tb  c \n d ").size(), 3u);
    EXPECT_EQ(alignmentWords("a\xC2\xA0 b").size(), 2u);
    EXPECT_TRUE(alignmentWords(" \n ").empty());
}

TEST(Alignment, CountsAloneAreThoseOfTheAlignment) {
    rc::check([] {
        // few letters, so that there are many ties; some beyond ASCII, some ill-formed
        const std::vector<std::string> letters{
            "a", "b", "c", " ", "\xC3\xBC", "\xE6\x97\xA5", "\xFF", "\xE6\x97", "\xEF\xBF\xBD"};
        const auto text = [&letters] {
            std::string out;
            for (const int at : *rc::gen::container<std::vector<int>>(
                     rc::gen::inRange(0, static_cast<int>(letters.size()))))
                out += letters[static_cast<std::size_t>(at)];
            return out;
        };
        const std::string hyp = text();
        const std::string ref = text();
        RC_ASSERT(countWordEdits(hyp, ref) == countEdits(alignWords(hyp, ref)));
        RC_ASSERT(countCharacterEdits(hyp, ref) == countEdits(alignCharacters(hyp, ref)));
    });
}

TEST(Alignment, CountsLongTextsBeyondOneWordOfBits) {
    std::string hyp;
    std::string ref;
    for (int i = 0; i < 300; ++i) {
        hyp += static_cast<char>('a' + i * 7 % 26);
        ref += static_cast<char>('a' + i * 11 % 26);
    }
    EXPECT_EQ(countCharacterEdits(hyp, ref), countEdits(alignCharacters(hyp, ref)));
    EXPECT_EQ(countCharacterEdits(hyp, ref + "\xC3\xBC"),
              countEdits(alignCharacters(hyp, ref + "\xC3\xBC")));
}

TEST(Alignment, CharactersAreCodePoints) {
    const EditCounts counts = countEdits(alignCharacters(" für ", "fur"));
    EXPECT_EQ(counts, (EditCounts{2, 1, 0, 0}));
}

std::size_t slowDistance(const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        for (std::size_t j = 0; j <= b.size(); ++j) {
            if (i == 0 || j == 0)
                d[i][j] = i + j;
            else
                d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1,
                                    d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0u : 1u)});
        }
    return d[a.size()][b.size()];
}

TEST(Alignment, IsAsShortAsTheDistanceAndCoversBothTexts) {
    const auto text = rc::gen::container<std::string>(rc::gen::element<char>('a', 'b', 'c'));
    EXPECT_TRUE(rc::check("shortest, in order, complete", [&] {
        const std::string hyp = *text;
        const std::string ref = *text;
        const auto ops = alignCharacters(hyp, ref);
        RC_ASSERT(static_cast<std::size_t>(countEdits(ops).errors()) == slowDistance(hyp, ref));
        std::string hypSeen;
        std::string refSeen;
        for (const AlignmentOp& op : ops) {
            hypSeen += op.hypothesis.of(hyp);
            refSeen += op.reference.of(ref);
        }
        RC_ASSERT(hypSeen == hyp);
        RC_ASSERT(refSeen == ref);
    }));
}

} // namespace
} // namespace viva
