// SPDX-License-Identifier: GPL-3.0-or-later
// Rewards without a tool behind them: contains, numbers, lengths, repetition, format.
#include "core/base/error.h"
#include "core/rewards/length_rewards.h"
#include "core/rewards/match_rewards.h"
#include "core/rewards/reward_registry.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

using Texts = std::vector<std::string>;

double valueOf(std::string_view name, std::string_view options, std::string_view answer,
               const Texts& references = {"x"}, const RewardServices& services = {}) {
    return makeReward(name, options, services)->score(answer, references).value;
}

ErrorCode codeOf(std::string_view name, std::string_view options) {
    try {
        static_cast<void>(makeReward(name, options));
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "no error for " << options;
    return ErrorCode::Internal;
}

TEST(Contains, LooksForWholeWordsWithoutCaseAndMarks) {
    EXPECT_EQ(valueOf("contains", "", "It was Art, I think.", {"art"}), 1.0);
    EXPECT_EQ(valueOf("contains", "", "a start", {"art"}), 0.0);
    EXPECT_EQ(valueOf("contains", R"({"whole_words": false})", "a start", {"art"}), 1.0);
    EXPECT_EQ(valueOf("contains", R"({"lowercase": false})", "Art", {"art"}), 0.0);
    EXPECT_EQ(valueOf("contains", "", "the  red\nhouse", {"red house"}), 1.0);
    EXPECT_EQ(valueOf("contains", R"({"mode": "share"})", "a b", {"a", "c"}), 0.5);
    EXPECT_EQ(valueOf("contains", R"({"mode": "all"})", "a b", {"a", "c"}), 0.0);
}

TEST(NumberMatch, ReadsGroupsDecimalsSignsAndExponents) {
    using Numbers = std::vector<double>;
    EXPECT_EQ(numbersIn("1,234.5 and -3, then .25"), (Numbers{1234.5, -3, 0.25}));
    EXPECT_EQ(numbersIn("3,5 Millionen", {.decimalComma = true}), (Numbers{3.5}));
    EXPECT_EQ(numbersIn("10-11 Uhr, Covid-19, 2e3, 5."), (Numbers{10, 11, 19, 2000, 5}));
    EXPECT_EQ(numbersIn("1.2.3"), (Numbers{1.2, 3}));
    EXPECT_TRUE(numbersIn("none").empty());
}

TEST(NumberMatch, ComparesAsAskedFor) {
    EXPECT_DOUBLE_EQ(valueOf("number_match", "", "3 and 4", {"3"}), 2.0 / 3);
    EXPECT_EQ(valueOf("number_match", R"({"mode": "all"})", "3 and 4", {"3"}), 1.0);
    EXPECT_EQ(valueOf("number_match", R"({"mode": "last"})", "3 and 4", {"so 4.0"}), 1.0);
    EXPECT_EQ(valueOf("number_match", "", "no figure", {"none"}), 1.0);
    EXPECT_EQ(valueOf("number_match", R"({"tolerance": 0.1})", "105", {"100"}), 1.0);
    EXPECT_EQ(codeOf("number_match", R"({"tolerance": -1})"), ErrorCode::InvalidArgument);
}

TEST(Length, IsTheRatioToTheReferenceOrWithinABand) {
    EXPECT_DOUBLE_EQ(valueOf("length", "", "a b c", {"a b", "a b c d"}), 0.75);
    EXPECT_EQ(valueOf("length", R"({"max": 3})", "a b c"), 1.0);
    EXPECT_EQ(valueOf("length", R"({"max": 2})", "a b c"), 0.0);
    EXPECT_DOUBLE_EQ(valueOf("length", R"({"min": 4, "slack": 3})", "a b"), 0.5);
    EXPECT_DOUBLE_EQ(valueOf("length", R"({"unit": "characters"})", "für", {"fürs"}), 0.75);
    EXPECT_EQ(codeOf("length", R"({"min": 5, "max": 4})"), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf("length", R"({"unit": "tokens"})"), ErrorCode::InvalidArgument);
}

TEST(OverLength, IsDaposSoftPunishment) {
    // L_max 10, L_cache 4: free up to 6, then a quarter a token, -1 beyond 10
    const RewardServices services{
        .countTokens = [](std::string_view text) { return static_cast<std::int64_t>(text.size()); },
        .makeBertScore = {}};
    const auto of = [&](std::size_t length) {
        return valueOf("over_length", R"({"max_length": 10, "cache": 4})", std::string(length, 'a'),
                       {}, services);
    };
    EXPECT_EQ(of(6), 0.0);
    EXPECT_EQ(of(7), -0.25);
    EXPECT_EQ(of(10), -1.0);
    EXPECT_EQ(of(11), -1.0);
    EXPECT_EQ(overLengthPunishment(20, 20, 0), 0); // without a cache a step
    EXPECT_EQ(overLengthPunishment(21, 20, 0), -1);
    EXPECT_EQ(codeOf("over_length", R"({"max_length": 10, "cache": 11})"),
              ErrorCode::InvalidArgument);
}

TEST(Repetition, PunishesRunsThatComeAgain) {
    // "a b c a b c": 4 runs of three, 3 of them different
    EXPECT_DOUBLE_EQ(valueOf("repetition", "", "a b c A b c"), -0.25);
    EXPECT_EQ(valueOf("repetition", "", "a b"), 0.0);
    EXPECT_NEAR(valueOf("repetition", "", "5 5 5 5 5 5 5 5"), -5.0 / 6, 1e-15);
    EXPECT_DOUBLE_EQ(valueOf("repetition", R"({"ngram": 1, "max_penalty": -2})", "a a a a"), -1.5);
    EXPECT_EQ(codeOf("repetition", R"({"ngram": 9})"), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf("repetition", R"({"max_penalty": 1})"), ErrorCode::InvalidArgument);
}

TEST(Format, MatchesTheWholeAnswerOrAPart) {
    EXPECT_EQ(valueOf("format", R"({"pattern": "[A-D]"})", " B\n"), 1.0);
    EXPECT_EQ(valueOf("format", R"({"pattern": "[A-D]"})", "B."), 0.0);
    EXPECT_EQ(valueOf("format", R"({"pattern": "a|b"})", "ab"), 0.0);
    EXPECT_EQ(valueOf("format", R"({"pattern": "\\d+", "where": "part"})", "it is 42."), 1.0);
    EXPECT_EQ(
        valueOf("format", R"({"pattern": "(?s)<think>.*</think>.+"})", "<think>a\nb</think>c"),
        1.0);
    EXPECT_EQ(codeOf("format", ""), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf("format", R"({"pattern": "("})"), ErrorCode::Format);
    EXPECT_EQ(codeOf("format", R"({"pattern": "a)|(b"})"), ErrorCode::Format);
}

} // namespace
} // namespace viva
