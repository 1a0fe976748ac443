// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/wer.h"

#include "core/rewards/reward_option_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace viva {
namespace {

double ratio(std::int64_t part, std::int64_t whole) {
    return static_cast<double>(part) / static_cast<double>(whole);
}

class WerReward final : public Reward {
public:
    WerReward(bool characters, TextComparison comparison)
        : m_characters(characters), m_comparison(comparison) {}

    [[nodiscard]] std::string_view name() const override { return m_characters ? "cer" : "wer"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        const ErrorRates best = bestRates(answer, references);
        const EditCounts& edits = best.edits;
        RewardBreakdown out;
        out.value = std::clamp(1.0 - best.rate, 0.0, 1.0);
        out.reason = fmt::format("{} {:.1f} %: {} right, {} replaced, {} missing, {} too many",
                                 m_characters ? "CER" : "WER", 100.0 * best.rate, edits.hits,
                                 edits.substitutions, edits.deletions, edits.insertions);
        out.parts = {{"error_rate", best.rate},
                     {"hits", static_cast<double>(edits.hits)},
                     {"substitutions", static_cast<double>(edits.substitutions)},
                     {"deletions", static_cast<double>(edits.deletions)},
                     {"insertions", static_cast<double>(edits.insertions)}};
        return out;
    }

    [[nodiscard]] CorpusScore
    corpusScore(std::span<const std::string> answers,
                std::span<const std::vector<std::string>> references) const override {
        requireSameCount(name(), answers, references);
        EditCounts sum;
        for (std::size_t i = 0; i < answers.size(); ++i)
            sum += bestRates(answers[i], references[i]).edits;
        return {m_characters ? "corpus CER" : "corpus WER", errorRates(sum).rate,
                fmt::format("{} errors in {} {}", sum.errors(), sum.referenceLength(),
                            m_characters ? "characters" : "words")};
    }

private:
    /// Of the reference with the lowest rate.
    [[nodiscard]] ErrorRates bestRates(std::string_view answer,
                                       std::span<const std::string> references) const {
        requireReferences(name(), references);
        const std::string hyp = comparableText(answer, m_comparison);
        ErrorRates best;
        for (std::size_t i = 0; i < references.size(); ++i) {
            const std::string ref = comparableText(references[i], m_comparison);
            const ErrorRates rates =
                m_characters ? characterErrorRates(hyp, ref) : wordErrorRates(hyp, ref);
            if (i == 0 || rates.rate < best.rate)
                best = rates;
        }
        return best;
    }

    bool m_characters;
    TextComparison m_comparison;
};

} // namespace

ErrorRates errorRates(const EditCounts& edits) {
    ErrorRates out;
    out.edits = edits;
    const std::int64_t reference = edits.referenceLength();
    const std::int64_t hypothesis = edits.hits + edits.substitutions + edits.insertions;
    const std::int64_t all = reference + edits.insertions;
    out.rate =
        reference > 0 ? ratio(edits.errors(), reference) : static_cast<double>(edits.insertions);
    out.matchErrorRate = all > 0 ? ratio(edits.errors(), all) : 0.0;
    if (reference > 0 && hypothesis > 0)
        out.informationLost = 1.0 - ratio(edits.hits, reference) * ratio(edits.hits, hypothesis);
    else
        out.informationLost = all > 0 ? 1.0 : 0.0;
    return out;
}

ErrorRates wordErrorRates(std::string_view hypothesis, std::string_view reference) {
    return errorRates(countWordEdits(hypothesis, reference));
}

ErrorRates characterErrorRates(std::string_view hypothesis, std::string_view reference) {
    return errorRates(countCharacterEdits(hypothesis, reference));
}

std::unique_ptr<Reward> makeWerReward(bool characters, TextComparison comparison) {
    return std::make_unique<WerReward>(characters, comparison);
}

// What people choose it by, and how it is made of its options.
namespace {

std::unique_ptr<Reward> werFrom(std::string_view name, RewardOptionReader& options,
                                const RewardServices&) {
    return makeWerReward(name == "cer", readTextComparison(options));
}

} // namespace

std::span<const RewardInfo> werRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "wer",
                   .description =
                       "One minus the word error rate: edits needed, as in speech recognition.",
                   .options = kTextComparisonOptions,
                   .make = werFrom},
        RewardInfo{.name = "cer",
                   .description =
                       "One minus the character error rate: edits needed, letter by letter.",
                   .options = kTextComparisonOptions,
                   .make = werFrom},
    };
    return kRewards;
}

} // namespace viva
