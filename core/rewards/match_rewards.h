// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/text_comparison.h"

namespace viva {

enum class ContainsMode {
    Any,  ///< 1 when one reference occurs in the answer
    All,  ///< 1 when all do
    Share ///< how many of them do
};

struct ContainsOptions {
    TextComparison comparison{.lowercase = true, .ignorePunctuation = true};
    bool wholeWords = true; ///< "art" does not occur in "start"
    ContainsMode mode = ContainsMode::Any;
};

/// Whether `text` occurs in `answer`; the amount of white space does not matter.
[[nodiscard]] bool containsText(std::string_view answer, std::string_view text,
                                const ContainsOptions& options = {});
/// Named "contains".
[[nodiscard]] std::unique_ptr<Reward> makeContainsReward(const ContainsOptions& options = {});

enum class NumberMode {
    F1,  ///< harmonic mean of the shares of numbers in common
    All, ///< 1 when the answer has every number of the reference
    Last ///< 1 when the last numbers are equal
};

struct NumberOptions {
    bool decimalComma = false; ///< "3,5" is three and a half and "1.000" a thousand
    double tolerance = 0.0;    ///< at least 0: relative difference of numbers that are still equal
    NumberMode mode = NumberMode::F1;
};

/// The numbers written with digits, from left to right: signs, groups of three, decimals,
/// exponents.
[[nodiscard]] std::vector<double> numbersIn(std::string_view text,
                                            const NumberOptions& options = {});
/// Against the best reference, named "number_match". Without numbers on either side 1.
[[nodiscard]] std::unique_ptr<Reward> makeNumberMatchReward(const NumberOptions& options = {});

} // namespace viva
