// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"

#include <string>
#include <vector>

namespace viva {

/// Two clips that must not be in different splits.
struct SplitLeak {
    std::string reason; ///< "sentence" or "audio"
    std::string first;  ///< utterance ids
    std::string second;
    std::string firstSplit;
    std::string secondSplit;
};

/// Finds sentences (compared without case and punctuation) and sounds (by hash) that are in more
/// than one split, each pair of splits once per sentence or sound.
[[nodiscard]] std::vector<SplitLeak> findSplitLeaks(const std::vector<Utterance>& utterances);

/// Speakers that are in `heldOut` and in another split, sorted.
[[nodiscard]] std::vector<std::string> sharedSpeakers(const std::vector<Utterance>& utterances,
                                                      const std::string& heldOut);

} // namespace viva
