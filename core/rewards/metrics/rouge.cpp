// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/rouge.h"

#include "core/rewards/reward_option_reader.h"
#include "core/text/ngram_counts.h"
#include "core/text/porter_stemmer.h"
#include "core/text/unicode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace viva {
namespace {

using Words = std::vector<std::string>;
using Views = std::vector<std::string_view>;

RougeScore scoreOf(std::int64_t hits, std::int64_t hypothesis, std::int64_t reference) {
    RougeScore out;
    out.hits = hits;
    out.hypothesis = hypothesis;
    out.reference = reference;
    if (hypothesis > 0)
        out.precision = static_cast<double>(hits) / static_cast<double>(hypothesis);
    if (reference > 0)
        out.recall = static_cast<double>(hits) / static_cast<double>(reference);
    if (out.precision + out.recall > 0)
        out.f = 2 * out.precision * out.recall / (out.precision + out.recall);
    return out;
}

std::int64_t ngramsOf(std::size_t words, int order) {
    return std::max<std::int64_t>(0, static_cast<std::int64_t>(words) - order + 1);
}

RougeScore ngramScore(const Words& hyp, const Words& ref, int order) {
    const Views hypViews(hyp.begin(), hyp.end());
    const Views refViews(ref.begin(), ref.end());
    const NgramOverlap overlap = countNgramOverlap(hypViews, std::span(&refViews, 1), order);
    return scoreOf(overlap.matches.back(), ngramsOf(hyp.size(), order),
                   ngramsOf(ref.size(), order));
}

/// Lengths of the longest common subsequences of all beginnings: row i, column j for the first i
/// words of the reference and j of the hypothesis.
class LcsTable {
public:
    LcsTable(const Words& ref, const Words& hyp)
        : m_columns(hyp.size() + 1), m_cells((ref.size() + 1) * m_columns, 0) {
        for (std::size_t i = 1; i <= ref.size(); ++i)
            for (std::size_t j = 1; j <= hyp.size(); ++j)
                cell(i, j) = ref[i - 1] == hyp[j - 1] ? cell(i - 1, j - 1) + 1
                                                      : std::max(cell(i - 1, j), cell(i, j - 1));
    }
    [[nodiscard]] std::int32_t at(std::size_t i, std::size_t j) const {
        return m_cells[i * m_columns + j];
    }
    [[nodiscard]] std::int32_t longest() const { return m_cells.back(); }

private:
    std::int32_t& cell(std::size_t i, std::size_t j) { return m_cells[i * m_columns + j]; }
    std::size_t m_columns;
    std::vector<std::int32_t> m_cells;
};

RougeScore lcsScore(const Words& hyp, const Words& ref) {
    const auto hypothesis = static_cast<std::int64_t>(hyp.size());
    const auto reference = static_cast<std::int64_t>(ref.size());
    return scoreOf(hyp.empty() || ref.empty() ? 0 : LcsTable(ref, hyp).longest(), hypothesis,
                   reference);
}

/// Marks the words of `ref` on one longest common subsequence; of equal paths the one that goes up.
void markLcs(const Words& ref, const Words& hyp, std::vector<bool>& marked) {
    const LcsTable table(ref, hyp);
    std::size_t i = ref.size();
    std::size_t j = hyp.size();
    while (i > 0 && j > 0) {
        if (ref[i - 1] == hyp[j - 1]) {
            marked[--i] = true;
            --j;
        } else if (table.at(i, j - 1) > table.at(i - 1, j)) {
            --j;
        } else {
            --i;
        }
    }
}

std::vector<Words> linesOf(std::string_view text, const RougeOptions& options) {
    std::vector<Words> lines;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        if (end > begin)
            lines.push_back(rougeWords(text.substr(begin, end - begin), options));
        begin = end + 1;
    }
    return lines;
}

std::map<std::string_view, std::int64_t> countsOf(const std::vector<Words>& lines,
                                                  std::int64_t& total) {
    std::map<std::string_view, std::int64_t> counts;
    for (const Words& line : lines)
        for (const std::string& word : line) {
            ++counts[word];
            ++total;
        }
    return counts;
}

RougeScore summaryScore(std::string_view hypothesis, std::string_view reference,
                        const RougeOptions& options) {
    const std::vector<Words> hyp = linesOf(hypothesis, options);
    const std::vector<Words> ref = linesOf(reference, options);
    std::int64_t hypTotal = 0;
    std::int64_t refTotal = 0;
    auto left = countsOf(hyp, hypTotal);
    auto wanted = countsOf(ref, refTotal);
    std::int64_t hits = 0;
    for (const Words& line : ref) {
        std::vector<bool> marked(line.size(), false);
        for (const Words& other : hyp)
            markLcs(line, other, marked);
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (!marked[i])
                continue;
            // a word counts at most as often as it occurs on both sides
            const auto found = left.find(line[i]);
            if (found != left.end() && found->second > 0 && wanted[line[i]] > 0) {
                ++hits;
                --found->second;
                --wanted[line[i]];
            }
        }
    }
    return hypTotal > 0 && refTotal > 0 ? scoreOf(hits, hypTotal, refTotal)
                                        : scoreOf(0, hypTotal, refTotal);
}

std::string_view unitOf(RougeKind kind) {
    switch (kind) {
    case RougeKind::Two:
        return "word pairs";
    case RougeKind::L:
        return "words in the same order";
    case RougeKind::Lsum:
        return "words in the same order, line by line";
    case RougeKind::One:
        break;
    }
    return "words";
}

class RougeReward final : public Reward {
public:
    RougeReward(RougeKind kind, const RougeOptions& options, RougeValue value)
        : m_kind(kind), m_options(options), m_value(value) {}

    [[nodiscard]] std::string_view name() const override { return toString(m_kind); }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const RougeScore best = bestRouge(m_kind, answer, references, m_options);
        RewardBreakdown out;
        out.value = m_value == RougeValue::F           ? best.f
                    : m_value == RougeValue::Precision ? best.precision
                                                       : best.recall;
        out.reason =
            fmt::format("{} common {}: {} of {} in the answer (precision {:.2f}), {} of {} "
                        "in the reference (recall {:.2f}){}",
                        best.hits, unitOf(m_kind), best.hits, best.hypothesis, best.precision,
                        best.hits, best.reference, best.recall, m_options.stem ? ", as stems" : "");
        out.parts = {{"precision", best.precision}, {"recall", best.recall}, {"f", best.f}};
        return out;
    }

private:
    RougeKind m_kind;
    RougeOptions m_options;
    RougeValue m_value;
};

} // namespace

std::string_view toString(RougeKind kind) noexcept {
    switch (kind) {
    case RougeKind::One:
        return "rouge1";
    case RougeKind::Two:
        return "rouge2";
    case RougeKind::L:
        return "rougeL";
    case RougeKind::Lsum:
        return "rougeLsum";
    }
    return "rouge1";
}

std::vector<std::string> rougeWords(std::string_view text, const RougeOptions& options) {
    const std::string lowered = lowerCase(text);
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    std::vector<std::string> out;
    for (std::size_t at = 0; at < lowered.size();) {
        const std::size_t begin = at;
        while (at < lowered.size() && isLetter(lowered[at]))
            ++at;
        if (at > begin) {
            std::string word = lowered.substr(begin, at - begin);
            out.push_back(options.stem && word.size() > 3 ? porterStem(word) : std::move(word));
        } else {
            ++at;
        }
    }
    return out;
}

RougeScore rougeScore(RougeKind kind, std::string_view hypothesis, std::string_view reference,
                      const RougeOptions& options) {
    if (kind == RougeKind::Lsum)
        return summaryScore(hypothesis, reference, options);
    const Words hyp = rougeWords(hypothesis, options);
    const Words ref = rougeWords(reference, options);
    if (kind == RougeKind::L)
        return lcsScore(hyp, ref);
    return ngramScore(hyp, ref, kind == RougeKind::One ? 1 : 2);
}

RougeScore bestRouge(RougeKind kind, std::string_view hypothesis,
                     std::span<const std::string> references, const RougeOptions& options) {
    requireReferences("bestRouge", references);
    RougeScore best = rougeScore(kind, hypothesis, references.front(), options);
    for (const std::string& reference : references.subspan(1)) {
        const RougeScore score = rougeScore(kind, hypothesis, reference, options);
        if (score.f > best.f)
            best = score;
    }
    return best;
}

std::unique_ptr<Reward> makeRougeReward(RougeKind kind, const RougeOptions& options,
                                        RougeValue value) {
    return std::make_unique<RougeReward>(kind, options, value);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kRouge{
    RewardOption{"use_stemmer", Switch, "false", "",
                 "Compares English words by their stems: running meets runs."},
    RewardOption{"value", Choice, "f", "f|precision|recall",
                 "precision: the share of the answer that is right; recall: the share of the "
                 "reference that is found; f: both."},
};

std::unique_ptr<Reward> rougeFrom(std::string_view name, RewardOptionReader& options,
                                  const RewardServices&) {
    RougeOptions out;
    options.read("use_stemmer", out.stem);
    const std::string value = options.text("value");
    RougeKind kind = RougeKind::One;
    for (const RougeKind one : {RougeKind::Two, RougeKind::L, RougeKind::Lsum})
        if (toString(one) == name)
            kind = one;
    return makeRougeReward(kind, out,
                           value == "f"           ? RougeValue::F
                           : value == "precision" ? RougeValue::Precision
                                                  : RougeValue::Recall);
}

} // namespace

std::span<const RewardInfo> rougeRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "rouge1",
                   .description = "ROUGE-1 as rouge_score computes it: words in common.",
                   .options = kRouge,
                   .make = rougeFrom},
        RewardInfo{.name = "rouge2",
                   .description = "ROUGE-2: pairs of neighbouring words in common.",
                   .options = kRouge,
                   .make = rougeFrom},
        RewardInfo{.name = "rougeL",
                   .description = "ROUGE-L: longest sequence of words in common.",
                   .options = kRouge,
                   .make = rougeFrom},
        RewardInfo{.name = "rougeLsum",
                   .description = "ROUGE-Lsum: longest sequences of words in common, line by line.",
                   .options = kRouge,
                   .make = rougeFrom},
    };
    return kRewards;
}

} // namespace viva
