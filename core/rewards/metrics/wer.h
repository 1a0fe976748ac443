// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/text_comparison.h"
#include "core/text/alignment.h"

#include <memory>

namespace viva {

/// Word or character error rate, with the figures that belong to it.
struct ErrorRates {
    EditCounts edits;
    double rate = 0;            ///< (S + D + I) / (H + S + D); an empty reference: I
    double matchErrorRate = 0;  ///< (S + D + I) / (H + S + D + I)
    double informationLost = 0; ///< 1 - H/N_reference * H/N_hypothesis
};

/// Rates of summed counts. @source jiwer 4.0, process.py
[[nodiscard]] ErrorRates errorRates(const EditCounts& edits);

[[nodiscard]] ErrorRates wordErrorRates(std::string_view hypothesis, std::string_view reference);
[[nodiscard]] ErrorRates characterErrorRates(std::string_view hypothesis,
                                             std::string_view reference);

/// 1 - WER (words) or 1 - CER (characters), clipped to [0, 1], against the best reference; named
/// "wer" or "cer".
[[nodiscard]] std::unique_ptr<Reward> makeWerReward(bool characters,
                                                    TextComparison comparison = {});

} // namespace viva
