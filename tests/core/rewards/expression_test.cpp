// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/expression/expression.h"

#include "core/base/error.h"
#include "core/rewards/expression/expression_reward.h"
#include "core/rewards/reward_registry.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <cmath>

namespace viva {
namespace {

const std::vector<ExpressionName> kNames{{"bleu", {0, 1}}, {"words", {0, INFINITY}}};
const std::vector<std::string> kRefs{"the cat sat on the mat"};

double valueOf(std::string_view text, double bleu = 0.5, double words = 4,
               std::string_view answer = "it is 42 or 43") {
    const auto parsed = Expression::parse(text, kNames);
    EXPECT_FALSE(parsed.problem) << text << ": " << parsed.problem->message;
    if (!parsed.expression)
        return NAN;
    return parsed.expression->evaluate(answer,
                                       [&](std::size_t name) { return name == 0 ? bleu : words; });
}

ExpressionProblem problemOf(std::string_view text) {
    const auto parsed = Expression::parse(text, kNames);
    EXPECT_TRUE(parsed.problem) << text;
    return parsed.problem.value_or(ExpressionProblem{});
}

TEST(Expression, FollowsTheUsualPrecedence) {
    EXPECT_EQ(valueOf("1 + 2 * 3"), 7);
    EXPECT_EQ(valueOf("(1 + 2) * 3"), 9);
    EXPECT_EQ(valueOf("2 ^ 3 ^ 2"), 512);
    EXPECT_EQ(valueOf("-2 ^ 2"), -4);
    EXPECT_EQ(valueOf("10 - 4 - 3"), 3);
    EXPECT_EQ(valueOf("8 / 4 / 2"), 1);
    EXPECT_EQ(valueOf("1 + 1 == 2 and not 3 < 2"), 1);
    EXPECT_EQ(valueOf("words <= 3 ? 1 : bleu"), 0.5);
    EXPECT_EQ(valueOf("0.8*bleu + 0.2*(words <= 20)"), 0.8 * 0.5 + 0.2);
    EXPECT_EQ(valueOf("min(3, 1, 2) + max(1, 2) + abs(-1) + clamp(5, 0, 1) + pow(2, 3)"), 13);
    EXPECT_EQ(valueOf("if(words > 3, 0.25, 1)"), 0.25);
    EXPECT_EQ(valueOf("count(\"[0-9]+\") + matches('\\d\\d') + matches(\"x\")"), 3);
    EXPECT_TRUE(std::isnan(valueOf("1 / 0")));
}

TEST(Expression, AsksOnlyForWhatItNeeds) {
    const auto parsed = Expression::parse("words > 3 or bleu > 0", kNames);
    int asked = 0;
    static_cast<void>(parsed.expression->evaluate("", [&](std::size_t name) {
        asked += name == 0 ? 1 : 0;
        return 4.0;
    }));
    EXPECT_EQ(asked, 0);
    EXPECT_EQ(parsed.expression->usedNames(), (std::vector<std::size_t>{1, 0}));
}

TEST(Expression, TellsWhereAndWhat) {
    const auto at = [](std::string_view text, std::size_t begin, std::string_view what) {
        const ExpressionProblem problem = problemOf(text);
        EXPECT_EQ(problem.begin, begin) << text << ": " << problem.message;
        EXPECT_LE(problem.begin, problem.end);
        EXPECT_NE(problem.message.find(what), std::string::npos) << problem.message;
    };
    at("", 0, "empty");
    at("bluu + 1", 0, "did you mean bleu?");
    at("1 + ", 4, "missing");
    at("(1 + 2", 6, "\")\" is missing");
    at("1 + 2)", 5, "never opened");
    at("bleu = 1", 5, "==");
    at("1 < 2 < 3", 6, "chained");
    at("bleu words", 5, "operator");
    at("2bleu", 0, "operator");
    at("count(3)", 6, "in quotes");
    at("count(\"(\")", 6, "not valid");
    at("\"text\"", 0, "count");
    at("min()", 0, "takes 1 to 16");
    at("sqr(2)", 0, "did you mean sqrt?");
    at("min + 1", 0, "function");
    at("bleu(1)", 0, "takes nothing");
    at("1 # 2", 2, "means nothing");
    at("\"open", 0, "no end");
    at("1e999", 0, "too large");
    at("words ? 1", 9, "condition ? value : other value");
}

TEST(Expression, KnowsItsRange) {
    const auto range = [](std::string_view text) {
        return Expression::parse(text, kNames).expression->range();
    };
    EXPECT_EQ(range("bleu * 2 - 1").lowest, -1);
    EXPECT_EQ(range("bleu * 2 - 1").highest, 1);
    EXPECT_EQ(range("clamp(words, 0, 1)").highest, 1);
    EXPECT_EQ(range("words > 3").highest, 1);
    EXPECT_EQ(range("1 / (1 + words)").highest, 1);
    EXPECT_TRUE(std::isinf(range("words").highest));
    EXPECT_TRUE(std::isinf(range("1 / words").highest));
}

TEST(Expression, SurvivesEveryText) {
    EXPECT_TRUE(rc::check("any text parses or has a problem inside it", [] {
        const auto pieces =
            *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                "bleu", "words", "(", ")", "+", "-", "*", "/", "^", "?", ":", ",", "<", "==", "and",
                "not", "1", ".5", "\"a\"", "count(", "min(", "!", " ", "\xff", "é", "\\"));
        std::string text;
        for (const auto& piece : pieces)
            text += piece;
        const auto parsed = Expression::parse(text, kNames);
        RC_ASSERT(parsed.problem.has_value() != (parsed.expression != nullptr));
        if (parsed.problem)
            RC_ASSERT(parsed.problem->begin <= text.size() && parsed.problem->end <= text.size());
        else
            static_cast<void>(parsed.expression->evaluate("a", [](std::size_t) { return 0.5; }));
    }));
    EXPECT_NE(problemOf(std::string(3000, '(')).message.find("64 levels"), std::string::npos);
    EXPECT_NE(problemOf(std::string(3000, '-') + "1").message.find("64 levels"), std::string::npos);
    EXPECT_NE(problemOf(std::string(5000, '1')).message.find("5000 bytes"), std::string::npos);
    std::string sum = "1";
    for (int i = 0; i < 1900; ++i)
        sum += "+1";
    EXPECT_EQ(valueOf(sum), 1901);
}

TEST(Expression, StaysWithinItsRange) {
    EXPECT_TRUE(rc::check("values lie in the range", [] {
        const auto bleu = *rc::gen::inRange(0, 100) / 100.0;
        const auto words = static_cast<double>(*rc::gen::inRange(0, 50));
        for (const std::string_view text :
             {"bleu*2-1", "words/(1+words)", "abs(bleu-words)", "sqrt(words)*bleu",
              "max(bleu, 1-bleu)", "bleu^2", "floor(words/3)", "-words", "words>3 ? bleu : 1-bleu",
              "exp(-words)"}) {
            const auto parsed = Expression::parse(text, kNames);
            const double value = parsed.expression->evaluate(
                "", [&](std::size_t name) { return name == 0 ? bleu : words; });
            const ValueRange range = parsed.expression->range();
            RC_ASSERT(value >= range.lowest - 1e-12 && value <= range.highest + 1e-12);
        }
    }));
}

TEST(ExpressionReward, MixesScoresAndLengths) {
    const auto reward = makeReward("expression", R"json({
        "expression": "0.5*low + 0.5*(words == reference_words)",
        "scores": {"low": {"reward": "exact_match", "options": {"lowercase": true}}}
    })json");
    const RewardBreakdown out = reward->score("THE cat sat on the mat", kRefs);
    EXPECT_EQ(out.value, 1.0);
    ASSERT_EQ(out.parts.size(), 3u);
    EXPECT_EQ(out.parts[0].first, "low");
    EXPECT_NE(out.reason.find("equals a reference"), std::string::npos) << out.reason;
}

TEST(ExpressionReward, ClampsAndSaysSo) {
    const auto reward = makeReward("expression", R"({"expression": "words"})");
    const RewardBreakdown out = reward->score("a b c", kRefs);
    EXPECT_EQ(out.value, 1.0);
    EXPECT_NE(out.reason.find("clamped from 3"), std::string::npos) << out.reason;
    EXPECT_EQ(makeReward("expression", R"({"expression": "1/words"})")->score("", kRefs).value,
              0.0);
}

/// Counts how often it is asked.
class CountingReward final : public Reward {
public:
    explicit CountingReward(int& calls) : m_calls(calls) {}
    [[nodiscard]] std::string_view name() const override { return "counting"; }
    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string>) const override {
        ++m_calls;
        return {static_cast<double>(answer.size()) / 100, "why", {}};
    }
    [[nodiscard]] std::vector<RewardBreakdown>
    scoreAll(std::span<const std::string> answers,
             std::span<const std::vector<std::string>> references) const override {
        ++m_calls;
        std::vector<RewardBreakdown> out;
        for (std::size_t i = 0; i < answers.size(); ++i)
            out.push_back({static_cast<double>(answers[i].size()) / 100, "why", {}});
        EXPECT_EQ(answers.size(), references.size());
        return out;
    }

private:
    int& m_calls;
};

TEST(ExpressionReward, ScoresManyAnswersWithOneCallOfEachReward) {
    int calls = 0;
    std::vector<ExpressionName> names(textFeatures().begin(), textFeatures().end());
    names.push_back({"counting", {0, 1}});
    const std::string text = "words > 1 ? counting : 0";
    auto parsed = Expression::parse(text, names);
    ASSERT_TRUE(parsed.expression);
    std::vector<NamedScore> scores;
    scores.push_back({"counting", std::make_unique<CountingReward>(calls), {0, 1}});
    const auto reward =
        makeExpressionReward(text, std::move(parsed.expression), std::move(scores), {});
    const std::vector<std::string> answers{"one", "one two", "one two three"};
    const std::vector<std::vector<std::string>> references(3, kRefs);
    const auto together = reward->scoreAll(answers, references);
    EXPECT_EQ(calls, 1);
    ASSERT_EQ(together.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        const auto alone = reward->score(answers[i], references[i]);
        EXPECT_EQ(together[i].value, alone.value);
        EXPECT_EQ(together[i].reason, alone.reason);
        EXPECT_EQ(together[i].parts, alone.parts);
    }
    EXPECT_EQ(together[0].value, 0);
    // Where a reference is missing, only those that need the score ask for it.
    calls = 0;
    static_cast<void>(reward->scoreAll(answers, std::vector<std::vector<std::string>>(3)));
    EXPECT_EQ(calls, 2);
}

TEST(ExpressionReward, RefusesWhatIsNoReward) {
    const auto codeOf = [](std::string_view options) {
        try {
            static_cast<void>(makeReward("expression", options));
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    EXPECT_EQ(codeOf(""), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(R"({"expression": "belu"})"), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(R"({"expression": "words", "outside": "refuse"})"),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(R"({"expression": "tokens"})"), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(R"({"expression": "a", "scores": {"a": {"reward": "belu"}}})"),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(R"({"expression": "1", "scores": {"a b": {"reward": "bleu"}}})"),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(R"({"expression": "1", "scores": []})"), ErrorCode::Format);
    EXPECT_FALSE(checkRewardExpression("bleu*(words<9)"));
    EXPECT_EQ(checkRewardExpression("bleu*")->begin, 5u);
}

} // namespace
} // namespace viva
