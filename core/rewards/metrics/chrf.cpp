// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/chrf.h"

#include "core/base/error.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/ngram_counts.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace viva {
namespace {

constexpr double kEps = 1e-16;

bool isAsciiMark(char32_t c) {
    return (c >= U'!' && c <= U'/') || (c >= U':' && c <= U'@') || (c >= U'[' && c <= U'`') ||
           (c >= U'{' && c <= U'~');
}

std::u32string charactersOf(std::string_view text, bool whitespace) {
    std::u32string out;
    out.reserve(text.size());
    forEachCodePoint(text, [&](char32_t c, std::string_view) {
        if (whitespace || !isPythonSpace(c))
            out.push_back(c);
    });
    return out;
}

/// Words with one mark split off: the last character's, else the first's.
std::vector<std::string_view> wordsOf(std::string_view text) {
    std::vector<std::string_view> out;
    for (const std::string_view word : splitWhitespace(text)) {
        const std::size_t first = decodeUtf8(word, 0).length;
        if (first == word.size()) {
            out.push_back(word);
        } else if (isAsciiMark(static_cast<unsigned char>(word.back()))) {
            out.push_back(word.substr(0, word.size() - 1));
            out.push_back(word.substr(word.size() - 1));
        } else if (isAsciiMark(static_cast<unsigned char>(word.front()))) {
            out.push_back(word.substr(0, 1));
            out.push_back(word.substr(1));
        } else {
            out.push_back(word);
        }
    }
    return out;
}

void addOrders(const NgramOverlap& overlap, std::size_t referenceLength, ChrfStatistics& out) {
    for (std::size_t n = 0; n < overlap.matches.size(); ++n) {
        const auto reference =
            static_cast<std::int64_t>(referenceLength > n ? referenceLength - n : 0);
        out.push_back({reference > 0 ? overlap.totals[n] : 0, reference, overlap.matches[n]});
    }
}

double share(std::int64_t part, std::int64_t whole) {
    return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : kEps;
}

/// A text as it is counted.
struct ChrfText {
    ChrfText(std::string_view text, const ChrfOptions& options)
        : lowered(options.lowercase ? lowerCase(text) : std::string()),
          characters(charactersOf(options.lowercase ? lowered : text, options.whitespace)) {
        if (options.wordOrder > 0)
            words = wordsOf(options.lowercase ? lowered : text);
    }
    std::string lowered;
    std::u32string characters;
    std::vector<std::string_view> words;
};

ChrfStatistics countPair(const ChrfText& hyp, const ChrfText& ref, const ChrfOptions& options) {
    ChrfStatistics out;
    addOrders(countNgramOverlap(hyp.characters, std::span(&ref.characters, 1), options.charOrder),
              ref.characters.size(), out);
    if (options.wordOrder > 0)
        addOrders(countNgramOverlap(hyp.words, std::span(&ref.words, 1), options.wordOrder),
                  ref.words.size(), out);
    return out;
}

std::string explain(double score, const ChrfStatistics& counts, const ChrfOptions& options) {
    std::string out = fmt::format("chrF{} {:.1f}:", options.wordOrder == 2 ? "++" : "", score);
    const auto add = [&](std::size_t at, std::string_view what) {
        out += fmt::format("{} {} {} in common, of {} in the answer and {} in the reference",
                           out.ends_with(':') ? "" : ";", counts[at].matches, what,
                           counts[at].hypothesis, counts[at].reference);
    };
    add(0, "characters");
    const auto last = static_cast<std::size_t>(options.charOrder - 1);
    if (last > 0)
        add(last, fmt::format("{}-character runs", options.charOrder));
    if (options.wordOrder > 0)
        add(static_cast<std::size_t>(options.charOrder), "words");
    return out;
}

class ChrfReward final : public Reward {
public:
    ChrfReward(std::string_view name, const ChrfOptions& options)
        : m_name(name), m_options(options) {}

    [[nodiscard]] std::string_view name() const override { return m_name; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const ChrfStatistics counts = chrfStatistics(answer, references, m_options);
        const double score = chrfScore(counts, m_options);
        RewardBreakdown out;
        out.value = std::clamp(score / 100.0, 0.0, 1.0);
        out.reason = explain(score, counts, m_options);
        for (std::size_t n = 0; n < counts.size(); ++n) {
            const auto order = static_cast<int>(n);
            const bool words = order >= m_options.charOrder;
            const auto name = fmt::format("{}_{}", words ? "word" : "char",
                                          words ? order - m_options.charOrder + 1 : order + 1);
            // kEps stands for an order without any; a person reads it as 0.
            const bool any = counts[n].matches > 0;
            out.parts.emplace_back(name + "_precision",
                                   any ? share(counts[n].matches, counts[n].hypothesis) : 0.0);
            out.parts.emplace_back(name + "_recall",
                                   any ? share(counts[n].matches, counts[n].reference) : 0.0);
        }
        return out;
    }

    [[nodiscard]] CorpusScore
    corpusScore(std::span<const std::string> answers,
                std::span<const std::vector<std::string>> references) const override {
        requireSameCount(m_name, answers, references);
        ChrfStatistics sum(static_cast<std::size_t>(m_options.charOrder + m_options.wordOrder));
        for (std::size_t i = 0; i < answers.size(); ++i) {
            const ChrfStatistics counts = chrfStatistics(answers[i], references[i], m_options);
            for (std::size_t n = 0; n < sum.size(); ++n) {
                sum[n].hypothesis += counts[n].hypothesis;
                sum[n].reference += counts[n].reference;
                sum[n].matches += counts[n].matches;
            }
        }
        const double score = chrfScore(sum, m_options);
        return {"corpus " + m_name, score, explain(score, sum, m_options)};
    }

private:
    std::string m_name;
    ChrfOptions m_options;
};

} // namespace

ChrfStatistics chrfStatistics(std::string_view hypothesis, std::span<const std::string> references,
                              const ChrfOptions& options) {
    requireReferences("chrfStatistics", references);
    const ChrfText hyp(hypothesis, options);
    ChrfStatistics best;
    double bestScore = -1.0;
    for (const std::string& reference : references) {
        ChrfStatistics counts = countPair(hyp, ChrfText(reference, options), options);
        if (references.size() == 1)
            return counts;
        const double score = chrfScore(counts, options);
        if (score > bestScore) {
            bestScore = score;
            best = std::move(counts);
        }
    }
    return best;
}

double chrfScore(const ChrfStatistics& statistics, const ChrfOptions& options) {
    const double factor = options.beta * options.beta;
    double smoothed = 0;
    double precision = 0;
    double recall = 0;
    int orders = 0;
    for (const ChrfCounts& counts : statistics) {
        const double p = share(counts.matches, counts.hypothesis);
        const double r = share(counts.matches, counts.reference);
        const double denominator = factor * p + r;
        smoothed += denominator > 0 ? (1 + factor) * p * r / denominator : kEps;
        if (counts.hypothesis > 0 && counts.reference > 0) {
            precision += p;
            recall += r;
            ++orders;
        }
    }
    if (options.epsSmoothing)
        return statistics.empty() ? 0.0 : 100.0 * smoothed / static_cast<double>(statistics.size());
    if (orders == 0 || precision + recall == 0)
        return 0.0;
    precision /= orders;
    recall /= orders;
    return 100.0 * ((1 + factor) * precision * recall / (factor * precision + recall));
}

double sentenceChrf(std::string_view hypothesis, std::span<const std::string> references,
                    const ChrfOptions& options) {
    return chrfScore(chrfStatistics(hypothesis, references, options), options);
}

std::unique_ptr<Reward> makeChrfReward(std::string_view name, const ChrfOptions& options) {
    if (options.charOrder < 1 || options.charOrder > kMaxNgramOrder || options.wordOrder < 0 ||
        options.wordOrder > kMaxNgramOrder || !(options.beta > 0) || options.beta > 100)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("reward {}: char_order {} must lie in 1..{}, word_order {} in 0..{} "
                        "and beta {} above 0 and up to 100",
                        name, options.charOrder, kMaxNgramOrder, options.wordOrder, kMaxNgramOrder,
                        options.beta));
    return std::make_unique<ChrfReward>(name, options);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr RewardOption kCharOrder{"char_order", Whole, "6", "1..8",
                                  "Longest run of characters that is compared."};
constexpr std::string_view kWordOrderEffect = "Longest run of words that is compared besides.";
constexpr RewardOption kChrfBeta{"beta", Real, "2", "above 0",
                                 "How many times recall counts as much as precision."};
constexpr RewardOption kLowercase{"lowercase", Switch, "false", "",
                                  "Capital letters make no difference."};
constexpr RewardOption kWhitespace{"whitespace", Switch, "false", "",
                                   "White space belongs to the runs of characters."};
constexpr RewardOption kEpsSmoothing{"eps_smoothing", Switch, "false", "",
                                     "Takes the mean over all orders, as chrF++.py does."};
constexpr std::array kChrf{
    kCharOrder,  RewardOption{"word_order", Whole, "0", "0..8", kWordOrderEffect},
    kChrfBeta,   kLowercase,
    kWhitespace, kEpsSmoothing};
constexpr std::array kChrfpp{
    kCharOrder,  RewardOption{"word_order", Whole, "2", "0..8", kWordOrderEffect},
    kChrfBeta,   kLowercase,
    kWhitespace, kEpsSmoothing};

std::unique_ptr<Reward> chrfFrom(std::string_view name, RewardOptionReader& options,
                                 const RewardServices&) {
    ChrfOptions out;
    options.read("char_order", out.charOrder);
    options.read("word_order", out.wordOrder);
    options.read("beta", out.beta);
    options.read("lowercase", out.lowercase);
    options.read("whitespace", out.whitespace);
    options.read("eps_smoothing", out.epsSmoothing);
    return makeChrfReward(name, out);
}

} // namespace

std::span<const RewardInfo> chrfRewards() {
    static constexpr std::array kRewards{
        RewardInfo{
            .name = "chrf",
            .description =
                "chrF as sacreBLEU computes it: matching runs of characters, kind to word endings.",
            .options = kChrf,
            .make = chrfFrom},
        RewardInfo{.name = "chrfpp",
                   .description = "chrF++: chrF with matching words and word pairs besides.",
                   .options = kChrfpp,
                   .make = chrfFrom},
    };
    return kRewards;
}

} // namespace viva
