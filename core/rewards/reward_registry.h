// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/expression/expression.h"
#include "core/rewards/reward.h"
#include "core/rewards/text_length.h"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace viva {

/// What a person chooses by; its options stand in reward_option_info.h.
struct RewardInfo {
    std::string_view name;
    std::string_view description; ///< one sentence
    ValueRange range{0.0, 1.0};   ///< of its values
    bool needsOptions = false;    ///< it cannot be made without some
    bool needsReference = true;
};

/// What rewards need from outside this folder; an empty member makes those that need it refuse.
struct RewardServices {
    TokenCounter countTokens; ///< lengths in tokens
    /// BERTScore runs a network; whoever has one gives it.
    std::function<std::unique_ptr<Reward>(const nlohmann::json& options)> makeBertScore;
};

/// Every reward there is, in the order in which they are shown.
[[nodiscard]] std::span<const RewardInfo> rewardInfos() noexcept;

/// Makes a reward by name; `optionsJson` is a JSON object as text, empty text stands for none.
/// @throws Error(InvalidArgument) for an unknown name (the known ones are listed) or a value out of
/// range, Error(Format) for options that are no object, or an unknown key or wrong type in them.
[[nodiscard]] std::unique_ptr<Reward> makeReward(std::string_view name,
                                                 std::string_view optionsJson = {},
                                                 const RewardServices& services = {});
/// The same with parsed options; null stands for none.
[[nodiscard]] std::unique_ptr<Reward> makeRewardFromJson(std::string_view name,
                                                         const nlohmann::json& options,
                                                         const RewardServices& services = {});

/// What is wrong with the expression of a reward "expression" that knows these further scores;
/// nullopt when nothing is. For checking while it is typed.
[[nodiscard]] std::optional<ExpressionProblem>
checkRewardExpression(std::string_view text, std::span<const std::string> scores = {});

} // namespace viva
