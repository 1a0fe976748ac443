// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_registry.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/rewards/expression/expression_reward.h"
#include "core/rewards/reward_options.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace viva {
namespace {

constexpr ValueRange kUnit{0.0, 1.0};
constexpr ValueRange kPenalty{-1.0, 0.0};

constexpr std::array<RewardInfo, 21> kInfos{{
    {"bleu", "Sentence BLEU as sacreBLEU computes it: matching words and word sequences."},
    {"bleu_hf", "BLEU as Hugging Face's evaluate computes it: shortest reference, one added."},
    {"chrf", "chrF as sacreBLEU computes it: matching runs of characters, kind to word endings."},
    {"chrfpp", "chrF++: chrF with matching words and word pairs besides."},
    {"rouge1", "ROUGE-1 as rouge_score computes it: words in common."},
    {"rouge2", "ROUGE-2: pairs of neighbouring words in common."},
    {"rougeL", "ROUGE-L: longest sequence of words in common."},
    {"rougeLsum", "ROUGE-Lsum: longest sequences of words in common, line by line."},
    {"ter", "One minus the translation edit rate: edits needed, moving a block counts as one."},
    {"meteor",
     "METEOR as NLTK computes it: words, stems and, with WordNet, synonyms in common, in order."},
    {"wer", "One minus the word error rate: edits needed, as in speech recognition."},
    {"cer", "One minus the character error rate: edits needed, letter by letter."},
    {"exact_match", "One where the answer equals a reference, else nothing."},
    {"contains", "One where a reference occurs in the answer."},
    {"number_match", "How many numbers, written with digits, answer and reference have in common."},
    {"length", "How close the answer's length comes to the reference's, or to a band."},
    {"over_length", "DAPO's soft punishment of answers that come near the limit or go beyond it.",
     kPenalty, false, false},
    {"repetition", "Punishment of answers that repeat their own word sequences.", kPenalty, false,
     false},
    {"format", "One where the answer matches a regular expression, else nothing.", kUnit, true,
     false},
    {"bertscore",
     "BERTScore: words matched by their meaning in context, by a model on disk.",
     {-1.0, 1.0},
     true},
    {"expression", "A formula of your own over scores and lengths, from 0 to 1.", kUnit, true},
}};

std::unique_ptr<Reward> readBertScore(std::string_view, JsonReader&, const RewardServices&) {
    throw Error(ErrorCode::InvalidArgument,
                "reward bertscore needs a network and this program runs none; use another reward");
}

std::unique_ptr<Reward> readExpression(std::string_view name, JsonReader& options,
                                       const RewardServices& services);

/// In the order of kInfos.
constexpr std::array<RewardMaker, kInfos.size()> kMakers{
    readBleu,       readHfBleu,    readChrf,        readChrf,   readRouge,      readRouge,
    readRouge,      readRouge,     readTer,         readMeteor, readWer,        readWer,
    readExactMatch, readContains,  readNumberMatch, readLength, readOverLength, readRepetition,
    readFormat,     readBertScore, readExpression};

const RewardInfo* infoOf(std::string_view name) {
    const auto* const found = std::find_if(kInfos.begin(), kInfos.end(),
                                           [name](const auto& info) { return info.name == name; });
    return found == kInfos.end() ? nullptr : found;
}

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

std::vector<ScoreSpec> readScores(JsonReader& options) {
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
        if (infoOf(spec.reward) == nullptr)
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
        const RewardInfo* const info = infoOf(spec.reward);
        names.push_back({spec.name, info != nullptr ? info->range : kUnit});
    }
    for (const RewardInfo& info : kInfos)
        if (!info.needsOptions)
            names.push_back({std::string(info.name), info.range});
    return names;
}

[[noreturn]] void refuseExpression(const std::string& text, const ExpressionProblem& problem) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("reward expression: \"{}\", character {}: {}", text, problem.begin + 1,
                            problem.message));
}

std::unique_ptr<Reward> readExpression(std::string_view, JsonReader& options,
                                       const RewardServices& services) {
    std::string text;
    std::string outside = "clamp";
    options.optional("expression", text);
    options.optionalChoice("outside", outside, {"clamp", "refuse"});
    const std::vector<ScoreSpec> specs = readScores(options);
    options.finish();
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

std::span<const RewardInfo> rewardInfos() noexcept {
    return kInfos;
}

std::unique_ptr<Reward> makeRewardFromJson(std::string_view name, const nlohmann::json& options,
                                           const RewardServices& services) {
    const RewardInfo* const info = infoOf(name);
    if (info == nullptr) {
        std::string known;
        for (const RewardInfo& one : kInfos)
            known += (known.empty() ? "" : ", ") + std::string(one.name);
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward \"{}\" is not known; known are {}", name, known));
    }
    const nlohmann::json nothing = nlohmann::json::object();
    const nlohmann::json& given = options.is_null() ? nothing : options;
    if (name == "bertscore" && services.makeBertScore)
        return services.makeBertScore(given);
    JsonReader reader(given, fmt::format("options of reward {}", name));
    return kMakers[static_cast<std::size_t>(info - kInfos.data())](name, reader, services);
}

std::unique_ptr<Reward> makeReward(std::string_view name, std::string_view optionsJson,
                                   const RewardServices& services) {
    if (optionsJson.empty())
        return makeRewardFromJson(name, nullptr, services);
    return makeRewardFromJson(
        name, parseJson(optionsJson, fmt::format("options of reward {}", name)), services);
}

std::optional<ExpressionProblem> checkRewardExpression(std::string_view text,
                                                       std::span<const std::string> scores) {
    std::vector<ScoreSpec> specs;
    for (const std::string& score : scores)
        specs.push_back({score, "", nullptr});
    return Expression::parse(text, namesOf(specs)).problem;
}

} // namespace viva
