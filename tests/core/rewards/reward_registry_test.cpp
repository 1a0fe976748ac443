// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_registry.h"

#include "tests/support/error_code.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

const std::vector<std::string> kRefs{"the cat sat on the mat"};

/// Options that a reward cannot do without.
std::string_view neededOptions(std::string_view name) {
    if (name == "format")
        return R"({"pattern": "the .*"})";
    return name == "expression" ? R"({"expression": "0.5*bleu + 0.5*chrf"})" : "";
}

TEST(RewardRegistry, MakesEveryRewardItLists) {
    ASSERT_EQ(rewardInfos().size(), 21u);
    for (const RewardInfo& info : rewardInfos()) {
        EXPECT_TRUE(info.description.ends_with('.')) << info.name;
        if (info.name == "bertscore")
            continue; // it needs a network
        const auto reward = makeReward(info.name, neededOptions(info.name));
        EXPECT_EQ(reward->name(), info.name);
        const double perfect = reward->score(kRefs[0], kRefs).value;
        EXPECT_GE(perfect, info.range.highest - 0.01) << info.name;
        const RewardBreakdown bad = reward->score("dogs run dogs run dogs run", kRefs);
        EXPECT_GE(bad.value, info.range.lowest) << info.name;
        EXPECT_LE(bad.value, info.range.highest) << info.name;
        EXPECT_FALSE(bad.reason.empty()) << info.name;
        if (info.name != "over_length" && info.name != "length" && info.name != "number_match") {
            EXPECT_LT(bad.value, perfect - 0.4) << info.name << ": " << bad.reason;
        }
        if (info.needsReference && info.name != "expression") {
            EXPECT_EQ(codeOf([&] { static_cast<void>(reward->score("a", {})); }),
                      ErrorCode::InvalidArgument)
                << info.name;
        }
        const std::vector<std::string> answers{kRefs[0], "dogs"};
        const std::vector<std::vector<std::string>> references{kRefs, kRefs};
        EXPECT_FALSE(reward->corpusScore(answers, references).name.empty());
        EXPECT_EQ(reward->scoreAll(answers, references).size(), 2u);
        EXPECT_EQ(codeOf([&] {
                      static_cast<void>(reward->scoreAll(answers, std::span(references).first(1)));
                  }),
                  ErrorCode::InvalidArgument);
    }
}

TEST(RewardOptions, AreTakenAtTheirDefaultsAndChangeNothingThere) {
    for (const RewardInfo& info : rewardInfos()) {
        ASSERT_FALSE(info.options.empty()) << info.name;
        if (info.name == "bertscore")
            continue; // it needs a network
        RewardServices services;
        services.countTokens = [](std::string_view text) {
            return static_cast<std::int64_t>(text.size() / 4);
        };
        const std::string needed(neededOptions(info.name));
        const auto plain = makeReward(info.name, needed, services);
        auto all = nlohmann::json::parse(needed.empty() ? "{}" : needed);
        for (const RewardOption& option : info.options) {
            EXPECT_TRUE(option.effect.ends_with('.')) << info.name << ' ' << option.key;
            const bool words = option.kind == RewardOptionKind::Choice ||
                               option.kind == RewardOptionKind::Text ||
                               option.kind == RewardOptionKind::Folder;
            if (option.standard.empty())
                continue;
            all[std::string(option.key)] =
                words ? nlohmann::json(option.standard) : nlohmann::json::parse(option.standard);
        }
        const auto spelled = makeRewardFromJson(info.name, all, services);
        for (const char* answer : {"the cat sat on the mat", "The Cat!", "a cat sits, 3 mats", ""})
            EXPECT_EQ(plain->score(answer, kRefs).value, spelled->score(answer, kRefs).value)
                << info.name << ": " << all.dump();
    }
}

TEST(RewardOptions, NameEveryChoiceThatIsTaken) {
    for (const RewardInfo& info : rewardInfos())
        for (const RewardOption& option : info.options) {
            if (option.kind != RewardOptionKind::Choice || info.name == "bertscore")
                continue;
            auto options = nlohmann::json::parse(
                neededOptions(info.name).empty() ? "{}" : neededOptions(info.name));
            RewardServices services;
            services.countTokens = [](std::string_view) { return std::int64_t{1}; };
            std::string_view rest = option.values;
            while (!rest.empty()) {
                const auto end = std::min(rest.find('|'), rest.size());
                options[std::string(option.key)] = rest.substr(0, end);
                EXPECT_NO_THROW(static_cast<void>(makeRewardFromJson(info.name, options, services)))
                    << info.name << ' ' << options.dump();
                rest.remove_prefix(std::min(end + 1, rest.size()));
            }
        }
}

TEST(RewardRegistry, BertScoreWithoutANetworkSaysSo) {
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bertscore")); }),
              ErrorCode::InvalidArgument);
}

TEST(RewardRegistry, CorpusScoresAreTheMetricsOwn) {
    const std::vector<std::string> answers{"the cat sat on the mat", "a b c d e"};
    const std::vector<std::vector<std::string>> references{kRefs, {"a b c d f"}};
    // 11 words, 10 right, one replaced
    EXPECT_DOUBLE_EQ(makeReward("wer")->corpusScore(answers, references).value, 1.0 / 11);
    EXPECT_GT(makeReward("bleu")->corpusScore(answers, references).value, 50.0);
    EXPECT_DOUBLE_EQ(makeReward("exact_match")->corpusScore(answers, references).value, 0.5);
}

TEST(RewardRegistry, OptionsChangeTheScore) {
    const auto strict = makeReward("bleu");
    const auto relaxed = makeReward("bleu", R"({"lowercase": true, "tokenize": "char"})");
    EXPECT_LT(strict->score("THE CAT", kRefs).value, relaxed->score("THE CAT", kRefs).value);
}

TEST(RewardRegistry, RefusesWhatItDoesNotKnow) {
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("blue")); }), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"lowercse": true})")); }),
              ErrorCode::Format);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"smoothing": "none)")); }),
              ErrorCode::Format);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"smoothing": "soft"})")); }),
              ErrorCode::Format);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("bleu", R"({"smooth_value": -1})")); }),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf([] { static_cast<void>(makeReward("wer", "[]")); }), ErrorCode::Format);
}

} // namespace
} // namespace viva
