// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/splits.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace viva {
namespace {

std::vector<Utterance> made(int count, int speakers, int sentences) {
    std::vector<Utterance> out;
    for (int i = 0; i < count; ++i) {
        Utterance utterance;
        utterance.id = "u" + std::to_string(i);
        utterance.speaker = speakers > 0 ? "s" + std::to_string(i % speakers) : "";
        utterance.text = "Sentence " + std::to_string(i % sentences) + (i % 2 == 0 ? "!" : "");
        out.push_back(utterance);
    }
    return out;
}

std::map<std::string, int> counted(const std::vector<std::string>& splits) {
    std::map<std::string, int> out;
    for (const std::string& split : splits)
        ++out[split];
    return out;
}

TEST(DealSplits, MeetsTheSharesExactly) {
    const auto splits = dealSplits(made(1000, 0, 1000), {});
    EXPECT_EQ(counted(splits),
              (std::map<std::string, int>{{"train", 800}, {"validation", 100}, {"test", 100}}));
}

TEST(DealSplits, DependsOnClipsAndSeedAndNotOnTheOrder) {
    auto utterances = made(200, 0, 200);
    const SplitRequest request{.seed = 7};
    std::map<std::string, std::string> first;
    const auto splits = dealSplits(utterances, request);
    for (std::size_t i = 0; i < splits.size(); ++i)
        first[utterances[i].id] = splits[i];
    std::reverse(utterances.begin(), utterances.end());
    const auto turned = dealSplits(utterances, request);
    for (std::size_t i = 0; i < turned.size(); ++i)
        EXPECT_EQ(turned[i], first[utterances[i].id]);
    EXPECT_NE(dealSplits(utterances, {.seed = 8}), turned);
}

TEST(DealSplits, KeepsSpeakersAndSentencesTogether) {
    const auto utterances = made(600, 30, 100);
    for (const SplitBy by : {SplitBy::Speaker, SplitBy::Sentence}) {
        const auto splits = dealSplits(utterances, {.by = by, .seed = 3});
        std::map<std::string, std::string> seen;
        for (std::size_t i = 0; i < splits.size(); ++i) {
            std::string key = by == SplitBy::Speaker ? utterances[i].speaker : utterances[i].text;
            key.erase(std::remove(key.begin(), key.end(), '!'), key.end());
            const auto [own, isNew] = seen.emplace(key, splits[i]);
            EXPECT_EQ(own->second, splits[i]) << key;
        }
        EXPECT_EQ(counted(splits)["train"], 480);
        EXPECT_EQ(counted(splits)["test"], 60);
    }
}

TEST(DealSplits, CopiesGoWithTheirOriginal) {
    auto utterances = made(100, 0, 100);
    for (int i = 0; i < 100; ++i) {
        Utterance copy = utterances[static_cast<std::size_t>(i)];
        copy.copyOf = copy.id;
        copy.id += "-copy";
        utterances.push_back(copy);
    }
    const auto splits = dealSplits(utterances, {.seed = 1});
    for (std::size_t i = 0; i < 100; ++i)
        EXPECT_EQ(splits[i], splits[i + 100]);
}

TEST(DealSplits, WhatIsGivenStaysAndPullsItsSpeaker) {
    auto utterances = made(100, 10, 100);
    utterances[0].split = "test"; // speaker s0
    const auto splits =
        dealSplits(utterances, {.by = SplitBy::Speaker, .seed = 5, .keepGiven = true});
    for (std::size_t i = 0; i < splits.size(); i += 10)
        EXPECT_EQ(splits[i], "test");
    EXPECT_EQ(counted(splits)["test"], 10);
    EXPECT_EQ(counted(splits)["train"], 80);
}

TEST(DealSplits, RefusesSharesThatMeanNothing) {
    const auto codeOf = [](const std::vector<SplitShare>& shares) {
        try {
            (void)dealSplits({}, {.shares = shares});
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    EXPECT_EQ(codeOf({}), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf({{"train", 0}}), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf({{"train", -1}, {"test", 2}}), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf({{"train", 1}, {"train", 2}}), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva
