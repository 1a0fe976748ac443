// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace viva {

/// How an option of a reward is given.
enum class RewardOptionKind {
    Choice, ///< one of `values`
    Switch, ///< true or false
    Whole,  ///< a whole number
    Real,   ///< a number
    Text,
    Folder, ///< a folder on disk
    Object, ///< JSON inside the JSON
};

/// One option of a reward: what forms and help texts are made of.
struct RewardOption {
    std::string_view key;
    RewardOptionKind kind = RewardOptionKind::Text;
    /// Taken where it is left out, as text; empty = nothing, or what `effect` says.
    std::string_view standard;
    /// Choice: the words, separated by '|'; numbers: what is allowed, in words.
    std::string_view values;
    std::string_view effect; ///< one sentence
};

/// The options of a reward in the order in which they are shown; empty for an unknown name.
[[nodiscard]] std::span<const RewardOption> rewardOptions(std::string_view reward) noexcept;

/// All of them in one line, such as "tokenize: 13a | intl | char | none (13a); lowercase: ...".
[[nodiscard]] std::string rewardOptionsText(std::string_view reward);
/// What may be written for one of them: "13a | intl | char | none", "true | false", "at least 0".
[[nodiscard]] std::string rewardOptionValues(const RewardOption& option);

} // namespace viva
