// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>

namespace viva {

/// DAPO's soft punishment of over-long answers, in tokens with EOS:
///   0                            up to maxCompletionLength - cache,
///   (max - cache - tokens) / cache  in the last `cache` tokens,
///   -1                           beyond maxCompletionLength.
/// @throws Error(InvalidArgument) when cache is negative or above maxCompletionLength.
/// @source arXiv 2503.14476 eq. 13; TRL 1.16.0 get_soft_overlong_punishment
[[nodiscard]] double softOverlongPunishment(std::int64_t tokens, std::int64_t maxCompletionLength,
                                            std::int64_t cache);

/// maxPenalty (at most 0) times the share of n-grams of tokens that repeat an earlier one; 0 for
/// answers shorter than n.
/// @throws Error(InvalidArgument) for n below 1 or a positive penalty.
/// @source TRL 1.16.0 get_repetition_penalty_reward
[[nodiscard]] double tokenRepetitionPenalty(std::span<const std::int64_t> tokenIds, int n,
                                            double maxPenalty);

} // namespace viva
