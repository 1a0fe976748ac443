// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"

#include <cstdint>
#include <memory>

namespace viva {

struct ChrfOptions {
    int charOrder = 6;         ///< 1..8: longest character n-gram
    int wordOrder = 0;         ///< 0..8: longest word n-gram; 2 makes it chrF++
    double beta = 2.0;         ///< above 0: how many times recall counts as much as precision
    bool lowercase = false;    ///< full Unicode lower case
    bool whitespace = false;   ///< white space belongs to the character n-grams
    bool epsSmoothing = false; ///< mean of F over all orders, as chrF++.py has it
};

/// Counts of one order of n-grams; they add up over sentences.
struct ChrfCounts {
    std::int64_t hypothesis = 0; ///< 0 where the reference has none of this order
    std::int64_t reference = 0;
    std::int64_t matches = 0;
    bool operator==(const ChrfCounts&) const = default;
};
/// Character orders first, then word orders.
using ChrfStatistics = std::vector<ChrfCounts>;

/// Counts against the reference with the best score (ties: the first).
/// @throws Error(InvalidArgument) when there is no reference.
[[nodiscard]] ChrfStatistics chrfStatistics(std::string_view hypothesis,
                                            std::span<const std::string> references,
                                            const ChrfOptions& options = {});

/// F = (1 + beta^2) P R / (beta^2 P + R) of the mean precision and recall over the orders that both
/// texts have, 0..100. @source Popovic 2015, 2017; sacreBLEU 2.6.0, metrics/chrf.py
[[nodiscard]] double chrfScore(const ChrfStatistics& statistics, const ChrfOptions& options = {});

/// chrF of one sentence, 0..100.
[[nodiscard]] double sentenceChrf(std::string_view hypothesis,
                                  std::span<const std::string> references,
                                  const ChrfOptions& options = {});

/// Sentence chrF / 100, named "chrf" (or "chrf++" by the registry).
[[nodiscard]] std::unique_ptr<Reward> makeChrfReward(std::string_view name,
                                                     const ChrfOptions& options);

} // namespace viva
