// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/expression/expression.h"
#include "core/rewards/reward.h"
#include "core/rewards/text_length.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace viva {

struct BertScoreOptions;
class RewardOptionReader;

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

/// One option of a reward: what its reader, forms and help texts are made of.
struct RewardOption {
    std::string_view key;
    RewardOptionKind kind = RewardOptionKind::Text;
    /// Taken where it is left out, as text; empty = nothing, or what `effect` says.
    std::string_view standard;
    /// Choice: the words, separated by '|'; numbers: what is allowed, in words.
    std::string_view values;
    std::string_view effect; ///< one sentence
};

/// What may be written for an option: "13a | intl | char | none", "true | false", "at least 0".
[[nodiscard]] std::string rewardOptionValues(const RewardOption& option);

/// What rewards need from outside this folder; an empty member makes those that need it refuse.
struct RewardServices {
    TokenCounter countTokens; ///< lengths in tokens
    /// BERTScore runs a network; whoever has one gives it.
    std::function<std::unique_ptr<Reward>(const BertScoreOptions& options)> makeBertScore;
};

/// Makes the reward called `name` from its options.
/// @throws Error(InvalidArgument) for a value out of range or a service that is missing,
/// Error(Format) for a wrong type or an unknown word.
using RewardMaker = std::unique_ptr<Reward> (*)(std::string_view name, RewardOptionReader& options,
                                                const RewardServices& services);

/// All that the program knows of one reward; it stands beside the reward's source, and rewards.def
/// lists the sources.
struct RewardInfo {
    std::string_view name;
    std::string_view description; ///< one sentence: what it measures, and as which tool does
    ValueRange range{0.0, 1.0};   ///< of its values
    bool needsOptions = false;    ///< it cannot be made without some
    bool needsReference = true;
    std::span<const RewardOption> options; ///< in the order in which they are shown
    RewardMaker make = nullptr;
};

/// The options of a reward in one line, as "tokenize: 13a | intl | char | none (13a); ...".
[[nodiscard]] std::string rewardOptionsText(const RewardInfo& reward);

} // namespace viva
