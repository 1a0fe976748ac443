// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/bleu.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/ngram_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

namespace viva {
namespace {

constexpr double kLogOfZero = -9999999999.0; // sacreBLEU's stand-in for log 0

using TokenLists = std::vector<std::vector<std::string_view>>;

double smoothValueOf(const BleuOptions& options) {
    return options.smoothValue.value_or(options.smoothing == BleuSmoothing::Floor ? 0.1 : 1.0);
}

double brevityPenaltyOf(const BleuStatistics& statistics) {
    if (statistics.hypothesisLength >= statistics.referenceLength)
        return 1.0;
    if (statistics.hypothesisLength == 0)
        return 0.0;
    return std::exp(1.0 - static_cast<double>(statistics.referenceLength) /
                              static_cast<double>(statistics.hypothesisLength));
}

std::int64_t closestLength(std::int64_t hypothesis, const TokenLists& references) {
    std::int64_t best = -1;
    for (const auto& tokens : references) {
        const auto length = static_cast<std::int64_t>(tokens.size());
        const std::int64_t gap = std::abs(length - hypothesis);
        const std::int64_t bestGap = std::abs(best - hypothesis);
        if (best < 0 || gap < bestGap || (gap == bestGap && length < best))
            best = length;
    }
    return best;
}

std::int64_t shortestLength(std::int64_t, const TokenLists& references) {
    const auto shortest = std::min_element(
        references.begin(), references.end(),
        [](const auto& left, const auto& right) { return left.size() < right.size(); });
    return static_cast<std::int64_t>(shortest->size());
}

BleuStatistics countTexts(std::string_view hypothesis, std::span<const std::string> references,
                          const BleuOptions& options, bool rightStrip,
                          std::int64_t (*referenceLength)(std::int64_t, const TokenLists&)) {
    const auto cut = [&](std::string_view text, std::string& buffer) {
        return bleuTokens(text, options.tokenize, options.lowercase, buffer, rightStrip);
    };
    std::string hypBuffer;
    const auto hyp = cut(hypothesis, hypBuffer);
    std::vector<std::string> buffers(references.size());
    TokenLists refs(references.size());
    for (std::size_t i = 0; i < references.size(); ++i)
        refs[i] = cut(references[i], buffers[i]);
    const NgramOverlap overlap = countNgramOverlap(hyp, refs, kBleuOrders);
    BleuStatistics out;
    out.hypothesisLength = static_cast<std::int64_t>(hyp.size());
    out.referenceLength = referenceLength(out.hypothesisLength, refs);
    std::copy(overlap.matches.begin(), overlap.matches.end(), out.matches.begin());
    std::copy(overlap.totals.begin(), overlap.totals.end(), out.totals.begin());
    return out;
}

/// Fills the precisions; returns how many orders the mean is taken over.
int smoothedPrecisions(const BleuStatistics& statistics, const BleuOptions& options,
                       std::array<double, kBleuOrders>& precisions) {
    const double value = smoothValueOf(options);
    double halvings = 1.0;
    int order = kBleuOrders;
    for (int n = 1; n <= kBleuOrders; ++n) {
        const auto at = static_cast<std::size_t>(n - 1);
        auto matches = static_cast<double>(statistics.matches[at]);
        auto total = static_cast<double>(statistics.totals[at]);
        if (options.smoothing == BleuSmoothing::AddK && n > 1) {
            matches += value;
            total += value;
        }
        if (total == 0)
            break;
        if (options.effectiveOrder)
            order = n;
        if (matches != 0) {
            precisions[at] = 100.0 * matches / total;
        } else if (options.smoothing == BleuSmoothing::Exp) {
            halvings *= 2.0;
            precisions[at] = 100.0 / (halvings * total);
        } else if (options.smoothing == BleuSmoothing::Floor) {
            precisions[at] = 100.0 * value / total;
        }
    }
    return order;
}

std::string explain(const BleuScore& bleu) {
    static constexpr std::array<std::string_view, kBleuOrders> kNames{"words", "pairs", "triples",
                                                                      "fours"};
    const BleuStatistics& counts = bleu.statistics;
    std::string text = fmt::format("BLEU {:.1f}:", bleu.score);
    for (std::size_t n = 0; n < kNames.size(); ++n)
        if (counts.totals[n] > 0)
            text += fmt::format(" {}/{} {},", counts.matches[n], counts.totals[n], kNames[n]);
    if (counts.hypothesisLength == 0)
        return text + " the answer is empty";
    text += fmt::format(" {} against {} tokens", counts.hypothesisLength, counts.referenceLength);
    if (bleu.brevityPenalty < 1.0)
        text += fmt::format(" (too short: x{:.2f})", bleu.brevityPenalty);
    return text;
}

class BleuReward final : public Reward {
public:
    explicit BleuReward(const BleuOptions& options) : m_options(options) {}

    [[nodiscard]] std::string_view name() const override { return "bleu"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const BleuScore bleu = sentenceBleu(answer, references, m_options);
        RewardBreakdown out;
        out.value = std::clamp(bleu.score / 100.0, 0.0, 1.0);
        out.reason = explain(bleu);
        for (std::size_t n = 0; n < bleu.precisions.size(); ++n)
            out.parts.emplace_back(fmt::format("precision_{}", n + 1), bleu.precisions[n] / 100.0);
        out.parts.emplace_back("brevity_penalty", bleu.brevityPenalty);
        return out;
    }

    [[nodiscard]] CorpusScore
    corpusScore(std::span<const std::string> answers,
                std::span<const std::vector<std::string>> references) const override {
        const BleuScore bleu = corpusBleu(answers, references, m_options);
        return {"corpus BLEU", bleu.score, explain(bleu)};
    }

private:
    BleuOptions m_options;
};

std::string_view toString(HfSmoothing smoothing) {
    switch (smoothing) {
    case HfSmoothing::None:
        return "not smoothed";
    case HfSmoothing::AllOrders:
        return "one added to every order";
    case HfSmoothing::HigherOrders:
        return "one added to orders 2-4";
    }
    return "not smoothed";
}

class HfBleuReward final : public Reward {
public:
    explicit HfBleuReward(HfSmoothing smoothing) : m_smoothing(smoothing) {}

    [[nodiscard]] std::string_view name() const override { return "bleu_hf"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const BleuStatistics counts = hfBleuStatistics(answer, references);
        RewardBreakdown out;
        out.value = std::clamp(hfBleu(counts, m_smoothing), 0.0, 1.0);
        out.reason = explainCounts(counts);
        for (std::size_t n = 0; n < counts.matches.size(); ++n) {
            out.parts.emplace_back(fmt::format("matches_{}", n + 1),
                                   static_cast<double>(counts.matches[n]));
            out.parts.emplace_back(fmt::format("totals_{}", n + 1),
                                   static_cast<double>(counts.totals[n]));
        }
        return out;
    }

    [[nodiscard]] CorpusScore
    corpusScore(std::span<const std::string> answers,
                std::span<const std::vector<std::string>> references) const override {
        requireSameCount(name(), answers, references);
        BleuStatistics sum;
        for (std::size_t i = 0; i < answers.size(); ++i)
            sum += hfBleuStatistics(answers[i], references[i]);
        return {"corpus bleu_hf", hfBleu(sum, m_smoothing), explainCounts(sum)};
    }

private:
    [[nodiscard]] std::string explainCounts(const BleuStatistics& counts) const {
        return fmt::format("n-grams in common {}/{}, {}/{}, {}/{}, {}/{}, {}; {} tokens against {} "
                           "of the shortest reference",
                           counts.matches[0], counts.totals[0], counts.matches[1], counts.totals[1],
                           counts.matches[2], counts.totals[2], counts.matches[3], counts.totals[3],
                           toString(m_smoothing), counts.hypothesisLength, counts.referenceLength);
    }

    HfSmoothing m_smoothing;
};

} // namespace

std::string_view toString(BleuSmoothing smoothing) noexcept {
    switch (smoothing) {
    case BleuSmoothing::None:
        return "none";
    case BleuSmoothing::Floor:
        return "floor";
    case BleuSmoothing::AddK:
        return "add-k";
    case BleuSmoothing::Exp:
        return "exp";
    }
    return "exp";
}

BleuSmoothing parseBleuSmoothing(std::string_view name) {
    for (const BleuSmoothing smoothing :
         {BleuSmoothing::None, BleuSmoothing::Floor, BleuSmoothing::AddK, BleuSmoothing::Exp})
        if (toString(smoothing) == name)
            return smoothing;
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("BLEU smoothing \"{}\" is not known; known are none, floor, add-k, exp", name));
}

BleuStatistics& BleuStatistics::operator+=(const BleuStatistics& other) {
    hypothesisLength += other.hypothesisLength;
    referenceLength += other.referenceLength;
    for (std::size_t n = 0; n < matches.size(); ++n) {
        matches[n] += other.matches[n];
        totals[n] += other.totals[n];
    }
    return *this;
}

BleuStatistics bleuStatistics(std::string_view hypothesis, std::span<const std::string> references,
                              const BleuOptions& options) {
    requireReferences("bleuStatistics", references);
    return countTexts(hypothesis, references, options, true, closestLength);
}

BleuScore bleuScore(const BleuStatistics& statistics, const BleuOptions& options) {
    BleuScore out;
    out.statistics = statistics;
    out.brevityPenalty = brevityPenaltyOf(statistics);
    const bool anyMatch = std::any_of(statistics.matches.begin(), statistics.matches.end(),
                                      [](std::int64_t matches) { return matches > 0; });
    if (!anyMatch)
        return out;
    const int order = smoothedPrecisions(statistics, options, out.precisions);
    double sum = 0;
    for (std::size_t n = 0; n < static_cast<std::size_t>(order); ++n)
        sum += out.precisions[n] == 0.0 ? kLogOfZero : std::log(out.precisions[n]);
    out.score = out.brevityPenalty * std::exp(sum / order);
    return out;
}

BleuScore sentenceBleu(std::string_view hypothesis, std::span<const std::string> references,
                       const BleuOptions& options) {
    return bleuScore(bleuStatistics(hypothesis, references, options), options);
}

BleuScore corpusBleu(std::span<const std::string> hypotheses,
                     std::span<const std::vector<std::string>> references, BleuOptions options) {
    if (hypotheses.size() != references.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("corpusBleu: {} hypotheses and {} lines of references differ",
                                hypotheses.size(), references.size()));
    BleuStatistics sum;
    for (std::size_t i = 0; i < hypotheses.size(); ++i)
        sum += bleuStatistics(hypotheses[i], references[i], options);
    options.effectiveOrder = false;
    return bleuScore(sum, options);
}

BleuStatistics hfBleuStatistics(std::string_view hypothesis,
                                std::span<const std::string> references) {
    requireReferences("hfBleuStatistics", references);
    return countTexts(hypothesis, references, {}, false, shortestLength);
}

double hfBleu(const BleuStatistics& statistics, HfSmoothing smoothing) {
    if (statistics.hypothesisLength == 0 || statistics.referenceLength == 0)
        return 0.0;
    double product = 1.0;
    for (std::size_t n = 0; n < statistics.matches.size(); ++n) {
        const bool smooth = smoothing == HfSmoothing::AllOrders ||
                            (smoothing == HfSmoothing::HigherOrders && n > 0);
        const double extra = smooth ? 1.0 : 0.0;
        const double total = static_cast<double>(statistics.totals[n]) + extra;
        product *= total > 0 ? (static_cast<double>(statistics.matches[n]) + extra) / total : 0.0;
    }
    const double ratio = static_cast<double>(statistics.referenceLength) /
                         static_cast<double>(statistics.hypothesisLength);
    const double penalty = ratio < 1.0 ? 1.0 : std::exp(1.0 - ratio);
    return penalty * std::pow(product, 1.0 / kBleuOrders);
}

std::unique_ptr<Reward> makeHfBleuReward(HfSmoothing smoothing) {
    return std::make_unique<HfBleuReward>(smoothing);
}

std::unique_ptr<Reward> makeBleuReward(const BleuOptions& options) {
    return std::make_unique<BleuReward>(options);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kBleu{
    RewardOption{"tokenize", Choice, "13a", "13a|intl|char|none",
                 "How a text is cut into words: 13a as in published scores, intl by Unicode's "
                 "punctuation, char into characters (Chinese, Japanese), none at white space."},
    RewardOption{"smoothing", Choice, "exp", "exp|floor|add-k|none",
                 "What stands in for an order of word sequences without a match: without smoothing "
                 "such an answer scores 0."},
    RewardOption{"smooth_value", Real, "", "at least 0",
                 "The amount of floor (0.1) and add-k (1)."},
    RewardOption{"lowercase", Switch, "false", "", "Capital letters make no difference."},
    RewardOption{"effective_order", Switch, "true", "",
                 "Answers of fewer than four words are scored by the orders that they have."},
};
constexpr std::array kHfBleu{
    RewardOption{"smoothing", Choice, "all", "all|orders_2_4|none",
                 "Adds one to the counts of all orders, of word pairs and longer, or of none."},
};

std::unique_ptr<Reward> bleuFrom(std::string_view, RewardOptionReader& options,
                                 const RewardServices&) {
    BleuOptions out;
    out.tokenize = parseBleuTokenize(options.text("tokenize"));
    out.smoothing = parseBleuSmoothing(options.text("smoothing"));
    options.read("smooth_value", out.smoothValue);
    options.read("lowercase", out.lowercase);
    options.read("effective_order", out.effectiveOrder);
    if (out.smoothValue && (!std::isfinite(*out.smoothValue) || *out.smoothValue < 0))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("reward bleu: smooth_value {} is not a number of at least 0",
                                *out.smoothValue));
    return makeBleuReward(out);
}

std::unique_ptr<Reward> hfBleuFrom(std::string_view, RewardOptionReader& options,
                                   const RewardServices&) {
    const std::string smoothing = options.text("smoothing");
    return makeHfBleuReward(smoothing == "all"    ? HfSmoothing::AllOrders
                            : smoothing == "none" ? HfSmoothing::None
                                                  : HfSmoothing::HigherOrders);
}

} // namespace

std::span<const RewardInfo> bleuRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "bleu",
                   .description =
                       "Sentence BLEU as sacreBLEU computes it: matching words and word sequences.",
                   .options = kBleu,
                   .make = bleuFrom},
        RewardInfo{
            .name = "bleu_hf",
            .description =
                "BLEU as Hugging Face's evaluate computes it: shortest reference, one added.",
            .options = kHfBleu,
            .make = hfBleuFrom},
    };
    return kRewards;
}

} // namespace viva
