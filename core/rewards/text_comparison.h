// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward_info.h"

#include <array>

namespace viva {

/// How texts are made comparable before they are compared.
struct TextComparison {
    bool lowercase = false;
    bool ignorePunctuation = false; ///< Unicode punctuation is dropped
};

/// `text` as it is compared.
[[nodiscard]] std::string comparableText(std::string_view text, const TextComparison& comparison);

/// The options of rewards that compare texts.
inline constexpr std::array kTextComparisonOptions{
    RewardOption{"lowercase", RewardOptionKind::Switch, "false", "",
                 "Capital letters make no difference."},
    RewardOption{"ignore_punctuation", RewardOptionKind::Switch, "false", "",
                 "Punctuation marks make no difference."},
};
/// Reads "lowercase" and "ignore_punctuation".
[[nodiscard]] TextComparison readTextComparison(RewardOptionReader& options);

} // namespace viva
