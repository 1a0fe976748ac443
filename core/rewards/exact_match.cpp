// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/exact_match.h"

#include "core/text/unicode.h"

#include <algorithm>

namespace viva {
namespace {

class ExactMatchReward final : public Reward {
public:
    explicit ExactMatchReward(TextComparison comparison) : m_comparison(comparison) {}

    [[nodiscard]] std::string_view name() const override { return "exact_match"; }

    [[nodiscard]] RewardBreakdown score(std::string_view answer,
                                        std::span<const std::string> references) const override {
        requireReferences("exact_match", references);
        RewardBreakdown out;
        const bool same = isExactMatch(answer, references, m_comparison);
        out.value = same ? 1.0 : 0.0;
        out.reason = same ? "equals a reference" : "differs from every reference";
        return out;
    }

private:
    TextComparison m_comparison;
};

} // namespace

bool isExactMatch(std::string_view answer, std::span<const std::string> references,
                  const TextComparison& comparison) {
    const std::string given = comparableText(answer, comparison);
    const auto words = splitWhitespace(given);
    return std::any_of(references.begin(), references.end(), [&](const std::string& reference) {
        const std::string wanted = comparableText(reference, comparison);
        return splitWhitespace(wanted) == words;
    });
}

std::unique_ptr<Reward> makeExactMatchReward(TextComparison comparison) {
    return std::make_unique<ExactMatchReward>(comparison);
}

} // namespace viva
