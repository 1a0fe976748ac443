// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace viva {

/// What is kept together when clips are dealt to splits.
enum class SplitBy {
    Clip,    ///< each clip on its own, a copy with its original
    Speaker, ///< all clips of a speaker; clips without speaker each on their own
    Sentence ///< all clips with the same words (without case and punctuation)
};

struct SplitShare {
    std::string split;
    double share = 0; ///< above 0; shares need not sum to 1
};

struct SplitRequest {
    SplitBy by = SplitBy::Clip;
    std::vector<SplitShare> shares{{"train", 0.8}, {"validation", 0.1}, {"test", 0.1}};
    std::uint64_t seed = 0;
    bool keepGiven = false; ///< clips that have a split keep it, and count towards its share
};

/// The split of each utterance, in their order.
///
/// Shares are met as closely as whole speakers or sentences allow, counted in clips. The result
/// depends on the clips and the seed only, not on their order. With `keepGiven`, a speaker or
/// sentence that is in a split already goes there as a whole.
/// @throws Error(InvalidArgument) for no shares, a share that is not above 0, or a name twice.
[[nodiscard]] std::vector<std::string> dealSplits(std::span<const Utterance> utterances,
                                                  const SplitRequest& request);

} // namespace viva
