// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rewards/reward_info.h"

namespace viva {

/// Every reward there is, in the order in which they are shown.
[[nodiscard]] std::span<const RewardInfo> rewardInfos();
/// Null pointer for an unknown name.
[[nodiscard]] const RewardInfo* findReward(std::string_view name);

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

} // namespace viva
