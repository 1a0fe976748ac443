// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"
#include "core/rewards/text_length.h"

#include <memory>
#include <optional>

namespace viva {

struct LengthOptions {
    LengthUnit unit = LengthUnit::Words;
    /// Both absent: the value is the shorter length over the longer, against the best reference.
    std::optional<std::int64_t> min; ///< at least 0
    std::optional<std::int64_t> max; ///< at least min
    std::int64_t slack = 0;          ///< outside min..max the value falls to 0 over so many units
};

/// Named "length", in [0, 1].
[[nodiscard]] std::unique_ptr<Reward> makeLengthReward(const LengthOptions& options,
                                                       TokenCounter countTokens = {});

struct OverLengthOptions {
    LengthUnit unit = LengthUnit::Tokens;
    std::int64_t maxLength = 200; ///< L_max, at least 1
    std::int64_t cache = 40;      ///< L_cache, 0..maxLength: where the punishment grows
};

/// DAPO's soft punishment, named "over_length", in [-1, 0]:
/// 0 for |y| <= L_max - L_cache, (L_max - L_cache - |y|) / L_cache up to L_max, -1 beyond.
/// @source arXiv 2503.14476, equation 13; TRL 1.16.0 get_soft_overlong_punishment
[[nodiscard]] double overLengthPunishment(std::int64_t length, std::int64_t maxLength,
                                          std::int64_t cache);
[[nodiscard]] std::unique_ptr<Reward> makeOverLengthReward(const OverLengthOptions& options,
                                                           TokenCounter countTokens = {});

struct RepetitionOptions {
    int ngram = 3;            ///< 1..8 words
    double maxPenalty = -1.0; ///< at most 0: of a text that only repeats
};

/// (1 - different n-grams / n-grams) * maxPenalty over lower-cased words, named "repetition", in
/// [maxPenalty, 0]; 0 for texts shorter than one n-gram.
/// @source arXiv 2502.03373, appendix C.2; open-r1 rewards.py get_repetition_penalty_reward
[[nodiscard]] std::unique_ptr<Reward> makeRepetitionReward(const RepetitionOptions& options = {});

} // namespace viva
