// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_registry.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/rewards/bleu.h"
#include "core/rewards/exact_match.h"
#include "core/rewards/wer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <array>
#include <cmath>

namespace viva {
namespace {

constexpr std::string_view kComparisonOptions =
    "lowercase: true | false; ignore_punctuation: true | false";

constexpr std::array<RewardInfo, 4> kInfos{{
    {"bleu", "Sentence BLEU as sacreBLEU computes it: matching words and word sequences.",
     "tokenize: 13a | intl | char | none; smoothing: exp | floor | add-k | none; smooth_value: "
     "number; lowercase: true | false; effective_order: true | false"},
    {"wer", "One minus the word error rate: edits needed, as in speech recognition.",
     kComparisonOptions},
    {"cer", "One minus the character error rate: edits needed, letter by letter.",
     kComparisonOptions},
    {"exact_match", "One where the answer equals a reference, else nothing.", kComparisonOptions},
}};

std::unique_ptr<Reward> readBleu(JsonReader& reader) {
    BleuOptions options;
    std::string tokenize(toString(options.tokenize));
    std::string smoothing(toString(options.smoothing));
    reader.optionalChoice("tokenize", tokenize, {"13a", "intl", "char", "none"});
    reader.optionalChoice("smoothing", smoothing, {"exp", "floor", "add-k", "none"});
    reader.optional("lowercase", options.lowercase);
    reader.optional("effective_order", options.effectiveOrder);
    if (reader.has("smooth_value")) {
        double value = 0;
        reader.required("smooth_value", value);
        if (!std::isfinite(value) || value < 0)
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("reward bleu: smooth_value {} is not a number of at least 0", value));
        options.smoothValue = value;
    }
    options.tokenize = parseBleuTokenize(tokenize);
    options.smoothing = parseBleuSmoothing(smoothing);
    reader.finish();
    return makeBleuReward(options);
}

TextComparison readComparison(JsonReader& reader) {
    TextComparison comparison;
    reader.optional("lowercase", comparison.lowercase);
    reader.optional("ignore_punctuation", comparison.ignorePunctuation);
    reader.finish();
    return comparison;
}

} // namespace

std::span<const RewardInfo> rewardInfos() noexcept {
    return kInfos;
}

std::unique_ptr<Reward> makeRewardFromJson(std::string_view name, const nlohmann::json& options) {
    const nlohmann::json nothing = nlohmann::json::object();
    JsonReader reader(options.is_null() ? nothing : options,
                      fmt::format("options of reward {}", name));
    if (name == "bleu")
        return readBleu(reader);
    if (name == "wer" || name == "cer")
        return makeWerReward(name == "cer", readComparison(reader));
    if (name == "exact_match")
        return makeExactMatchReward(readComparison(reader));
    std::string known;
    for (const RewardInfo& info : kInfos)
        known += (known.empty() ? "" : ", ") + std::string(info.name);
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("reward \"{}\" is not known; known are {}", name, known));
}

std::unique_ptr<Reward> makeReward(std::string_view name, std::string_view optionsJson) {
    if (optionsJson.empty())
        return makeRewardFromJson(name, nlohmann::json::object());
    return makeRewardFromJson(name,
                              parseJson(optionsJson, fmt::format("options of reward {}", name)));
}

} // namespace viva
