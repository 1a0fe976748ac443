// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/leaks.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

Utterance clip(const std::string& id, const std::string& split, const std::string& text,
               const std::string& hash = {}) {
    Utterance utterance;
    utterance.id = id;
    utterance.split = split;
    utterance.text = text;
    utterance.sha256 = hash;
    return utterance;
}

TEST(SplitLeaks, AreFoundInSentencesWhateverCaseAndPunctuation) {
    const auto leaks =
        findSplitLeaks({clip("a", "train", "Tom saw it."), clip("b", "train", "Tom saw it."),
                        clip("c", "test", "tom  saw, it"), clip("d", "test", "Tom saw a cat.")});
    ASSERT_EQ(leaks.size(), 1u);
    EXPECT_EQ(leaks[0].reason, "sentence");
    EXPECT_EQ(leaks[0].first, "a");
    EXPECT_EQ(leaks[0].second, "c");
    EXPECT_EQ(leaks[0].firstSplit, "train");
    EXPECT_EQ(leaks[0].secondSplit, "test");
}

TEST(SplitLeaks, AreFoundInSounds) {
    const auto leaks = findSplitLeaks({clip("a", "train", "", "ff"), clip("b", "test", "", "ff"),
                                       clip("c", "test", "", ""), clip("d", "train", "", "")});
    ASSERT_EQ(leaks.size(), 1u);
    EXPECT_EQ(leaks[0].reason, "audio");
}

TEST(SplitLeaks, KeepUmlautsApart) {
    EXPECT_TRUE(findSplitLeaks({clip("a", "train", "schön"), clip("b", "test", "schon")}).empty());
}

TEST(SharedSpeakers, AreThoseOnBothSides) {
    std::vector<Utterance> utterances{clip("a", "train", ""), clip("b", "test", ""),
                                      clip("c", "test", "")};
    utterances[0].speaker = "SLT";
    utterances[1].speaker = "AWB";
    EXPECT_TRUE(sharedSpeakers(utterances, "test").empty());
    utterances[2].speaker = "SLT";
    EXPECT_EQ(sharedSpeakers(utterances, "test"), std::vector<std::string>{"SLT"});
}

} // namespace
} // namespace viva
