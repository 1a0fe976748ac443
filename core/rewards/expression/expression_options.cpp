// SPDX-License-Identifier: GPL-3.0-or-later
// The reward "expression" in the registry: its options and the scores that a formula may name.
#include "core/base/error.h"
#include "core/rewards/expression/expression_reward.h"
#include "core/rewards/reward_option_reader.h"
#include "core/rewards/reward_registry.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>

namespace viva {
namespace {

using enum RewardOptionKind;

constexpr std::array kExpression{
    RewardOption{"expression", Text, "", "a formula",
                 "Scores, lengths, comparisons and functions, such as 0.8*bleu + 0.2*(words <= "
                 "20)."},
    RewardOption{"outside", Choice, "clamp", "clamp|refuse",
                 "Values beyond 0 and 1 are cut, or a formula that can reach them is refused."},
    RewardOption{"scores", Object, "", "{\"name\": {\"reward\": ..., \"options\": {...}}}",
                 "Names for rewards with options of their own, such as {\"stems\": {\"reward\": "
                 "\"rougeL\", \"options\": {\"use_stemmer\": true}}}."},
};

/// A score of the options' "scores", read but not made yet.
struct ScoreSpec {
    std::string name;
    std::string reward;
    nlohmann::json options;
};

bool isName(std::string_view text) {
    return !text.empty() && (text.front() < '0' || text.front() > '9') &&
           text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") ==
               std::string_view::npos;
}

std::vector<ScoreSpec> readScores(RewardOptionReader& options) {
    std::vector<ScoreSpec> out;
    const nlohmann::json* const scores = options.raw("scores");
    if (scores == nullptr || scores->is_null())
        return out;
    if (!scores->is_object())
        options.fail("scores", "must be an object of name: {\"reward\": ..., \"options\": {...}}");
    for (const auto& [name, value] : scores->items()) {
        JsonReader reader(value, fmt::format("score {} of reward expression", name));
        ScoreSpec spec{name, "", nlohmann::json::object()};
        reader.required("reward", spec.reward);
        if (const nlohmann::json* own = reader.raw("options"))
            spec.options = *own;
        reader.finish();
        if (!isName(name))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("reward expression: the score \"{}\" must be named by letters, "
                                    "digits and _, beginning with no digit",
                                    name));
        if (findReward(spec.reward) == nullptr)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("reward expression: score {} asks for the reward \"{}\", which "
                                    "is not known",
                                    name, spec.reward));
        out.push_back(std::move(spec));
    }
    return out;
}

/// Features first, then the user's own scores, then the registry's; the first of a name counts.
std::vector<ExpressionName> namesOf(const std::vector<ScoreSpec>& specs) {
    std::vector<ExpressionName> names(textFeatures().begin(), textFeatures().end());
    for (const ScoreSpec& spec : specs) {
        const RewardInfo* const info = findReward(spec.reward);
        names.push_back({spec.name, info != nullptr ? info->range : ValueRange{0.0, 1.0}});
    }
    for (const RewardInfo& info : rewardInfos())
        if (!info.needsOptions)
            names.push_back({std::string(info.name), info.range});
    return names;
}

[[noreturn]] void refuseExpression(const std::string& text, const ExpressionProblem& problem) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("reward expression: \"{}\", character {}: {}", text, problem.begin + 1,
                            problem.message));
}

std::unique_ptr<Reward> expressionFrom(std::string_view, RewardOptionReader& options,
                                       const RewardServices& services) {
    std::string text = options.text("expression");
    const std::string outside = options.text("outside");
    const std::vector<ScoreSpec> specs = readScores(options);
    const std::vector<ExpressionName> names = namesOf(specs);
    Expression::Parsed parsed = Expression::parse(text, names);
    if (parsed.problem)
        refuseExpression(text, *parsed.problem);
    const ValueRange range = parsed.expression->range();
    if (outside == "refuse" && !(range.lowest >= 0.0 && range.highest <= 1.0))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward expression: \"{}\" may lie between {:g} and {:g}, and a "
                                "reward lies in [0, 1]; scale it, write clamp(..., 0, 1), or set "
                                "outside to clamp",
                                text, range.lowest, range.highest));
    std::vector<NamedScore> scores;
    const std::size_t features = textFeatures().size();
    for (std::size_t i = features; i < names.size(); ++i)
        scores.push_back({names[i].name, nullptr, names[i].range});
    for (const std::size_t used : parsed.expression->usedNames()) {
        if (used < features) {
            if (names[used].name.ends_with("tokens") && !services.countTokens)
                static_cast<void>(textLength("", LengthUnit::Tokens));
            continue;
        }
        const std::size_t at = used - features;
        scores[at].reward = at < specs.size()
                                ? makeRewardFromJson(specs[at].reward, specs[at].options, services)
                                : makeRewardFromJson(scores[at].name, nullptr, services);
    }
    return makeExpressionReward(std::move(text), std::move(parsed.expression), std::move(scores),
                                services.countTokens);
}

} // namespace

std::span<const RewardInfo> expressionRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "expression",
                   .description = "A formula of your own over scores and lengths, from 0 to 1.",
                   .needsOptions = true,
                   .options = kExpression,
                   .make = expressionFrom},
    };
    return kRewards;
}

std::optional<ExpressionProblem> checkRewardExpression(std::string_view text,
                                                       std::span<const std::string> scores) {
    std::vector<ScoreSpec> specs;
    for (const std::string& score : scores)
        specs.push_back({score, "", nullptr});
    return Expression::parse(text, namesOf(specs)).problem;
}

} // namespace viva
