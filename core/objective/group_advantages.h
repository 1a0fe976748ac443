// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/group/advantages.h"
#include "core/group/group.h"

#include <span>

namespace viva {

/// How a configuration turns rewards into advantages: rl_sft compares the samples alone.
[[nodiscard]] AdvantageConfig advantageConfigOf(const TrainConfig& config);

/// Whether an answer is compared with the others of its group: all but the references of rl_sft,
/// which are imitated beside it.
[[nodiscard]] bool isMember(const Answer& answer, const TrainConfig& config);

/// Rewards to advantages over the groups of one step: fills their mean, deviation, zeroVariance and
/// the members' advantages. The reward bench and training both go through here.
/// @source arXiv 2509.16990 eq. 1; TRL 1.16.0
void weighGroups(std::span<Group> groups, const TrainConfig& config);

/// Whether the members of a scored group all get the same reward.
[[nodiscard]] bool hasNoVariance(const Group& group, const TrainConfig& config);

} // namespace viva
