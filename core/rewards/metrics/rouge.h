// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"

#include <cstdint>
#include <memory>

namespace viva {

enum class RougeKind {
    One,  ///< words
    Two,  ///< pairs of words
    L,    ///< longest common subsequence of the whole texts
    Lsum, ///< union of them, line by line
};

/// "rouge1", "rouge2", "rougeL", "rougeLsum".
[[nodiscard]] std::string_view toString(RougeKind kind) noexcept;

struct RougeOptions {
    bool stem = false; ///< Porter stems of words longer than three letters
};

/// Precision, recall and their harmonic mean, all in [0, 1].
struct RougeScore {
    double precision = 0;
    double recall = 0;
    double f = 0;
    std::int64_t hits = 0;       ///< n-grams or words in common
    std::int64_t hypothesis = 0; ///< n-grams or words of the hypothesis
    std::int64_t reference = 0;
};

/// Lower-case runs of a-z and 0-9; every other character separates (an umlaut too).
/// @source rouge_score 0.1.2, tokenize.py
[[nodiscard]] std::vector<std::string> rougeWords(std::string_view text,
                                                  const RougeOptions& options = {});

/// Against one reference. @source Lin 2004; rouge_score 0.1.2, rouge_scorer.py
[[nodiscard]] RougeScore rougeScore(RougeKind kind, std::string_view hypothesis,
                                    std::string_view reference, const RougeOptions& options = {});

/// Against the reference with the best F (ties: the first).
/// @throws Error(InvalidArgument) when there is no reference.
[[nodiscard]] RougeScore bestRouge(RougeKind kind, std::string_view hypothesis,
                                   std::span<const std::string> references,
                                   const RougeOptions& options = {});

/// Which of the three figures is the value of the reward.
enum class RougeValue { F, Precision, Recall };

/// Named "rouge1", "rouge2", "rougeL" or "rougeLsum".
[[nodiscard]] std::unique_ptr<Reward>
makeRougeReward(RougeKind kind, const RougeOptions& options = {}, RougeValue value = RougeValue::F);

} // namespace viva
