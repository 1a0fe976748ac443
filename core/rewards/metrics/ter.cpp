// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/ter.h"

#include "core/rewards/metrics/mteval_passes.h"
#include "core/rewards/reward_option_reader.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <limits>

namespace viva {
namespace {

bool isCjk(char32_t c) {
    // ideographs, radicals, strokes, compatibility blocks; the last range is the tool's own slip
    return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x31C0 && c <= 0x31EF) ||
           (c >= 0x2E80 && c <= 0x2EFF) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE4F) || (c >= 0x3200 && c <= 0x4DBF);
}

bool isAsianMark(char32_t c) {
    return (c >= 0x3001 && c <= 0x3002) || (c >= 0x3008 && c <= 0x3011) ||
           (c >= 0x3014 && c <= 0x301F) || (c >= 0xFF61 && c <= 0xFF65) || c == 0x30FB;
}

bool isFullWidthMark(char32_t c) {
    return c == 0xFF0E || c == 0xFF0C || c == 0xFF1F || c == 0xFF1A || c == 0xFF1B || c == 0xFF01 ||
           c == 0xFF02 || c == 0xFF08 || c == 0xFF09;
}

/// Each character that `pick` takes gets spaces around it, or goes.
template<typename Pick>
std::string rewritten(const std::string& text, bool keep, Pick pick) {
    std::string out;
    out.reserve(text.size() + text.size() / 2);
    forEachCodePoint(text, [&](char32_t c, std::string_view bytes) {
        if (!pick(c))
            out += bytes;
        else if (keep)
            out.append(" ").append(bytes).append(" ");
    });
    return out;
}

std::string normalizedText(std::string text, bool asian) {
    replaceAll(text, "\n-", "");
    replaceAll(text, "\n", " ");
    unescapeXml(text);
    text = separateMarks(text);
    replaceAll(text, "'s ", " 's ");
    separatePointsAndDashes(text);
    if (asian && !isAscii(text))
        text = rewritten(text, true, [](char32_t c) {
            return isCjk(c) || isAsianMark(c) || isFullWidthMark(c);
        });
    return text;
}

std::string explain(const TerEdits& edits, const TerStatistics& statistics) {
    return fmt::format("TER {:.1f}: {} block moves and {} other edits in {:.10g} words",
                       terScore(statistics), edits.moves, edits.rest, statistics.referenceLength);
}

/// The tool prepares a reference twice and the hypothesis once, so that an escape in an escape, or
/// a clitic that its mark uncovers, differs between the two.
std::vector<std::string> referenceWords(std::string_view text, const TerOptions& options) {
    std::vector<std::string> words = terWords(text, options);
    return options.normalized ? terWords(fmt::format("{}", fmt::join(words, " ")), options) : words;
}

/// The edits of the best reference, and the statistics.
std::pair<TerEdits, TerStatistics> bestEdits(std::string_view hypothesis,
                                             std::span<const std::string> references,
                                             const TerOptions& options) {
    requireReferences("terStatistics", references);
    const std::vector<std::string> words = terWords(hypothesis, options);
    TerEdits best;
    TerStatistics out;
    out.edits = std::numeric_limits<std::int64_t>::max();
    for (const std::string& reference : references) {
        const std::vector<std::string> wanted = referenceWords(reference, options);
        const TerEdits edits = terEdits(words, wanted);
        out.referenceLength += static_cast<double>(wanted.size());
        if (edits.total() < out.edits) {
            out.edits = edits.total();
            best = edits;
        }
    }
    out.referenceLength /= static_cast<double>(references.size());
    return {best, out};
}

class TerReward final : public Reward {
public:
    explicit TerReward(const TerOptions& options) : m_options(options) {}

    [[nodiscard]] std::string_view name() const override { return "ter"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const auto [edits, statistics] = bestEdits(answer, references, m_options);
        RewardBreakdown out;
        out.value = std::clamp(1.0 - terScore(statistics) / 100.0, 0.0, 1.0);
        out.reason = explain(edits, statistics);
        out.parts = {{"ter", terScore(statistics)},
                     {"moves", static_cast<double>(edits.moves)},
                     {"edits", static_cast<double>(edits.rest)},
                     {"reference_length", statistics.referenceLength}};
        return out;
    }

    [[nodiscard]] CorpusScore
    corpusScore(std::span<const std::string> answers,
                std::span<const std::vector<std::string>> references) const override {
        requireSameCount(name(), answers, references);
        TerStatistics sum;
        for (std::size_t i = 0; i < answers.size(); ++i)
            sum += terStatistics(answers[i], references[i], m_options);
        return {"corpus TER", terScore(sum),
                fmt::format("{} edits in {:.10g} words", sum.edits, sum.referenceLength)};
    }

private:
    TerOptions m_options;
};

} // namespace

TerStatistics& TerStatistics::operator+=(const TerStatistics& other) {
    edits += other.edits;
    referenceLength += other.referenceLength;
    return *this;
}

std::vector<std::string> terWords(std::string_view text, const TerOptions& options) {
    const std::string_view stripped = stripRight(text);
    std::string line = options.caseSensitive ? std::string(stripped) : lowerCase(stripped);
    if (options.normalized && !line.empty())
        line = normalizedText(std::move(line), options.asianSupport);
    if (options.noPunct)
        line = rewritten(line, false, [&](char32_t c) {
            return std::u32string_view(U".,?:;!\"()").find(c) != std::u32string_view::npos ||
                   (options.asianSupport && (isAsianMark(c) || isFullWidthMark(c)));
        });
    const auto words = splitWhitespace(line);
    return {words.begin(), words.end()};
}

TerStatistics terStatistics(std::string_view hypothesis, std::span<const std::string> references,
                            const TerOptions& options) {
    return bestEdits(hypothesis, references, options).second;
}

double terScore(const TerStatistics& statistics) {
    if (statistics.referenceLength > 0)
        return 100.0 * (static_cast<double>(statistics.edits) / statistics.referenceLength);
    return statistics.edits > 0 ? 100.0 : 0.0;
}

std::unique_ptr<Reward> makeTerReward(const TerOptions& options) {
    return std::make_unique<TerReward>(options);
}

// What people choose it by, and how it is made of its options.
namespace {

using enum RewardOptionKind;

constexpr std::array kTer{
    RewardOption{"normalized", Switch, "false", "", "Sets punctuation marks apart from words."},
    RewardOption{"no_punct", Switch, "false", "", "Drops punctuation marks."},
    RewardOption{"asian_support", Switch, "false", "",
                 "Cuts Chinese and Japanese into characters; with normalized or no_punct."},
    RewardOption{"case_sensitive", Switch, "false", "", "Capital letters make a difference."},
};

std::unique_ptr<Reward> terFrom(std::string_view, RewardOptionReader& options,
                                const RewardServices&) {
    TerOptions out;
    options.read("normalized", out.normalized);
    options.read("no_punct", out.noPunct);
    options.read("asian_support", out.asianSupport);
    options.read("case_sensitive", out.caseSensitive);
    return makeTerReward(out);
}

} // namespace

std::span<const RewardInfo> terRewards() {
    static constexpr std::array kRewards{
        RewardInfo{
            .name = "ter",
            .description =
                "One minus the translation edit rate: edits needed, moving a block counts as one.",
            .options = kTer,
            .make = terFrom},
    };
    return kRewards;
}

} // namespace viva
