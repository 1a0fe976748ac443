// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward.h"

#include <memory>

namespace viva {

struct FormatOptions {
    std::string pattern;     ///< a PCRE2 expression; flags as (?i), (?s), (?x) in front of it
    bool wholeAnswer = true; ///< the answer as a whole must match; else a part of it
    bool strip = true;       ///< white space at the ends does not count
};

/// 1 for answers of the wanted form, else 0; named "format". References are not looked at.
/// @throws Error(InvalidArgument) for an empty pattern, Error(Format) naming an expression's fault.
[[nodiscard]] std::unique_ptr<Reward> makeFormatReward(const FormatOptions& options);

} // namespace viva
