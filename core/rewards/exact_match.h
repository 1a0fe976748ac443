// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/text_comparison.h"

namespace viva {

/// True when the answer equals a reference, white space at the ends and its amount aside.
[[nodiscard]] bool isExactMatch(std::string_view answer, std::span<const std::string> references,
                                const TextComparison& comparison = {});

/// 1 for an exact match, else 0; named "exact_match".
[[nodiscard]] std::unique_ptr<Reward> makeExactMatchReward(TextComparison comparison = {});

} // namespace viva
