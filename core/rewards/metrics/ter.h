// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"

#include <cstdint>
#include <memory>

namespace viva {

struct TerOptions {
    bool normalized = false;    ///< Tercom's tokenizer: marks apart, escapes undone
    bool noPunct = false;       ///< . , ? : ; ! " ( ) are dropped
    bool asianSupport = false;  ///< CJK characters apart; only with normalized or noPunct
    bool caseSensitive = false; ///< else full Unicode lower case
};

/// Edits and what they are divided by; they add up over sentences.
struct TerStatistics {
    std::int64_t edits = 0;     ///< of the reference that needs fewest
    double referenceLength = 0; ///< mean number of words over the references

    TerStatistics& operator+=(const TerStatistics& other);
};

/// Words as TER compares them. @source sacreBLEU 2.6.0, tokenizers/tokenizer_ter.py
[[nodiscard]] std::vector<std::string> terWords(std::string_view text,
                                                const TerOptions& options = {});

/// Edits between two lists of words: insertions, deletions, replacements, and moves of blocks found
/// greedily.
struct TerEdits {
    std::int64_t moves = 0;
    std::int64_t rest = 0; ///< insertions, deletions, replacements after the moves
    [[nodiscard]] std::int64_t total() const { return moves + rest; }
};
/// @source Snover et al. 2006; sacreBLEU 2.6.0, metrics/lib_ter.py (Tercom's limits: blocks of at
/// most 10 words, moves over at most 50, beam 25, 1000 candidates)
[[nodiscard]] TerEdits terEdits(std::span<const std::string> hypothesis,
                                std::span<const std::string> reference);

/// @throws Error(InvalidArgument) when there is no reference.
[[nodiscard]] TerStatistics terStatistics(std::string_view hypothesis,
                                          std::span<const std::string> references,
                                          const TerOptions& options = {});

/// 100 * edits / length; with empty references 100 for any edit, else 0.
[[nodiscard]] double terScore(const TerStatistics& statistics);

/// 1 - TER, clipped to [0, 1], named "ter".
[[nodiscard]] std::unique_ptr<Reward> makeTerReward(const TerOptions& options = {});

} // namespace viva
