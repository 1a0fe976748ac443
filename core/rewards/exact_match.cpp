// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/exact_match.h"

#include "core/rewards/reward_option_reader.h"
#include "core/text/unicode.h"

#include <algorithm>
#include <array>

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

// What people choose it by, and how it is made of its options.
namespace {

std::unique_ptr<Reward> exactMatchFrom(std::string_view, RewardOptionReader& options,
                                       const RewardServices&) {
    return makeExactMatchReward(readTextComparison(options));
}

} // namespace

std::span<const RewardInfo> exactMatchRewards() {
    static constexpr std::array kRewards{
        RewardInfo{.name = "exact_match",
                   .description = "One where the answer equals a reference, else nothing.",
                   .options = kTextComparisonOptions,
                   .make = exactMatchFrom},
    };
    return kRewards;
}

} // namespace viva
