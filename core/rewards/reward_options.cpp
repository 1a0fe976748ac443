// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward_options.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/rewards/exact_match.h"
#include "core/rewards/format_reward.h"
#include "core/rewards/length_rewards.h"
#include "core/rewards/match_rewards.h"
#include "core/rewards/metrics/bleu.h"
#include "core/rewards/metrics/chrf.h"
#include "core/rewards/metrics/meteor.h"
#include "core/rewards/metrics/rouge.h"
#include "core/rewards/metrics/ter.h"

#include <fmt/format.h>

#include <cmath>

namespace viva {
namespace {

void readComparison(JsonReader& reader, TextComparison& comparison) {
    reader.optional("lowercase", comparison.lowercase);
    reader.optional("ignore_punctuation", comparison.ignorePunctuation);
}

LengthUnit readUnit(JsonReader& reader, LengthUnit standard) {
    std::string unit(toString(standard));
    reader.optionalChoice("unit", unit, {"words", "characters", "tokens"});
    return parseLengthUnit(unit);
}

std::optional<std::int64_t> readLimit(JsonReader& reader, std::string_view key) {
    if (!reader.has(key))
        return std::nullopt;
    std::int64_t value = 0;
    reader.required(key, value);
    return value;
}

} // namespace

std::unique_ptr<Reward> readBleu(std::string_view, JsonReader& options, const RewardServices&) {
    BleuOptions out;
    std::string tokenize(toString(out.tokenize));
    std::string smoothing(toString(out.smoothing));
    options.optionalChoice("tokenize", tokenize, {"13a", "intl", "char", "none"});
    options.optionalChoice("smoothing", smoothing, {"exp", "floor", "add-k", "none"});
    options.optional("lowercase", out.lowercase);
    options.optional("effective_order", out.effectiveOrder);
    if (options.has("smooth_value")) {
        double value = 0;
        options.required("smooth_value", value);
        if (!std::isfinite(value) || value < 0)
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("reward bleu: smooth_value {} is not a number of at least 0", value));
        out.smoothValue = value;
    }
    out.tokenize = parseBleuTokenize(tokenize);
    out.smoothing = parseBleuSmoothing(smoothing);
    options.finish();
    return makeBleuReward(out);
}

std::unique_ptr<Reward> readHfBleu(std::string_view, JsonReader& options, const RewardServices&) {
    std::string smoothing = "all";
    options.optionalChoice("smoothing", smoothing, {"all", "orders_2_4", "none"});
    options.finish();
    return makeHfBleuReward(smoothing == "all"    ? HfSmoothing::AllOrders
                            : smoothing == "none" ? HfSmoothing::None
                                                  : HfSmoothing::HigherOrders);
}

std::unique_ptr<Reward> readChrf(std::string_view name, JsonReader& options,
                                 const RewardServices&) {
    ChrfOptions out;
    out.wordOrder = name == "chrfpp" ? 2 : 0;
    options.optional("char_order", out.charOrder);
    options.optional("word_order", out.wordOrder);
    options.optional("beta", out.beta);
    options.optional("lowercase", out.lowercase);
    options.optional("whitespace", out.whitespace);
    options.optional("eps_smoothing", out.epsSmoothing);
    options.finish();
    return makeChrfReward(name, out);
}

std::unique_ptr<Reward> readRouge(std::string_view name, JsonReader& options,
                                  const RewardServices&) {
    RougeOptions out;
    std::string value = "f";
    options.optional("use_stemmer", out.stem);
    options.optionalChoice("value", value, {"f", "precision", "recall"});
    options.finish();
    RougeKind kind = RougeKind::One;
    for (const RougeKind one : {RougeKind::Two, RougeKind::L, RougeKind::Lsum})
        if (toString(one) == name)
            kind = one;
    return makeRougeReward(kind, out,
                           value == "f"           ? RougeValue::F
                           : value == "precision" ? RougeValue::Precision
                                                  : RougeValue::Recall);
}

std::unique_ptr<Reward> readTer(std::string_view, JsonReader& options, const RewardServices&) {
    TerOptions out;
    options.optional("normalized", out.normalized);
    options.optional("no_punct", out.noPunct);
    options.optional("asian_support", out.asianSupport);
    options.optional("case_sensitive", out.caseSensitive);
    options.finish();
    return makeTerReward(out);
}

std::unique_ptr<Reward> readMeteor(std::string_view, JsonReader& options, const RewardServices&) {
    MeteorOptions out;
    std::string tokenize = "nltk";
    options.optional("alpha", out.parameters.alpha);
    options.optional("beta", out.parameters.beta);
    options.optional("gamma", out.parameters.gamma);
    options.optionalChoice("tokenize", tokenize, {"nltk", "treebank", "split"});
    options.optional("wordnet", out.wordnet);
    options.optional("punkt", out.punkt);
    options.finish();
    out.tokenize = tokenize == "nltk"       ? MeteorTokenize::Nltk
                   : tokenize == "treebank" ? MeteorTokenize::Treebank
                                            : MeteorTokenize::Split;
    return makeMeteorReward(out);
}

std::unique_ptr<Reward> readWer(std::string_view name, JsonReader& options, const RewardServices&) {
    TextComparison comparison;
    readComparison(options, comparison);
    options.finish();
    return makeWerReward(name == "cer", comparison);
}

std::unique_ptr<Reward> readExactMatch(std::string_view, JsonReader& options,
                                       const RewardServices&) {
    TextComparison comparison;
    readComparison(options, comparison);
    options.finish();
    return makeExactMatchReward(comparison);
}

std::unique_ptr<Reward> readContains(std::string_view, JsonReader& options, const RewardServices&) {
    ContainsOptions out;
    std::string mode = "any";
    readComparison(options, out.comparison);
    options.optional("whole_words", out.wholeWords);
    options.optionalChoice("mode", mode, {"any", "all", "share"});
    options.finish();
    out.mode = mode == "any"   ? ContainsMode::Any
               : mode == "all" ? ContainsMode::All
                               : ContainsMode::Share;
    return makeContainsReward(out);
}

std::unique_ptr<Reward> readNumberMatch(std::string_view, JsonReader& options,
                                        const RewardServices&) {
    NumberOptions out;
    std::string mode = "f1";
    std::string decimal = "point";
    options.optionalChoice("mode", mode, {"f1", "all", "last"});
    options.optionalChoice("decimal", decimal, {"point", "comma"});
    options.optional("tolerance", out.tolerance);
    options.finish();
    out.decimalComma = decimal == "comma";
    out.mode = mode == "f1" ? NumberMode::F1 : mode == "all" ? NumberMode::All : NumberMode::Last;
    return makeNumberMatchReward(out);
}

std::unique_ptr<Reward> readLength(std::string_view, JsonReader& options,
                                   const RewardServices& services) {
    LengthOptions out;
    out.unit = readUnit(options, out.unit);
    out.min = readLimit(options, "min");
    out.max = readLimit(options, "max");
    options.optional("slack", out.slack);
    options.finish();
    return makeLengthReward(out, services.countTokens);
}

std::unique_ptr<Reward> readOverLength(std::string_view, JsonReader& options,
                                       const RewardServices& services) {
    OverLengthOptions out;
    out.unit = readUnit(options, services.countTokens ? LengthUnit::Tokens : LengthUnit::Words);
    options.optional("max_length", out.maxLength);
    options.optional("cache", out.cache);
    options.finish();
    return makeOverLengthReward(out, services.countTokens);
}

std::unique_ptr<Reward> readRepetition(std::string_view, JsonReader& options,
                                       const RewardServices&) {
    RepetitionOptions out;
    options.optional("ngram", out.ngram);
    options.optional("max_penalty", out.maxPenalty);
    options.finish();
    return makeRepetitionReward(out);
}

std::unique_ptr<Reward> readFormat(std::string_view, JsonReader& options, const RewardServices&) {
    FormatOptions out;
    std::string where = "whole";
    options.optional("pattern", out.pattern);
    options.optionalChoice("where", where, {"whole", "part"});
    options.optional("strip", out.strip);
    options.finish();
    out.wholeAnswer = where == "whole";
    return makeFormatReward(out);
}

} // namespace viva
