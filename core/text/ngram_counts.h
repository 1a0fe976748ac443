// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace viva {

/// Largest n-gram order that is counted.
inline constexpr int kMaxNgramOrder = 8;

/// Clipped n-gram matches: entry n-1 belongs to order n.
struct NgramOverlap {
    std::vector<std::int64_t>
        matches; ///< each hypothesis n-gram at most as often as in the best reference
    std::vector<std::int64_t> totals; ///< n-grams of the hypothesis
};

/// Counts the n-grams of `hypothesis` that occur in the references, for orders 1..maxOrder.
/// @throws Error(InvalidArgument) when maxOrder is not in 1..kMaxNgramOrder.
[[nodiscard]] NgramOverlap
countNgramOverlap(std::span<const std::string_view> hypothesis,
                  std::span<const std::vector<std::string_view>> references, int maxOrder);

/// The same for characters.
[[nodiscard]] NgramOverlap countNgramOverlap(std::u32string_view hypothesis,
                                             std::span<const std::u32string> references,
                                             int maxOrder);

/// How many n-grams there are, and how many of them repeat one that came before.
struct NgramRepeats {
    std::int64_t repeated = 0;
    std::int64_t total = 0;
};
[[nodiscard]] NgramRepeats countNgramRepeats(std::span<const std::string_view> tokens, int order);

} // namespace viva
