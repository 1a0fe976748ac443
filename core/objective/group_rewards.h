// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/group/group.h"
#include "core/objective/answer_scorer.h"

#include <functional>
#include <span>

namespace viva {

/// Gives an answer what the mix says of it: total, parts and reason.
void setReward(Answer& answer, RewardedText reward);

/// Adds DAPO's soft punishment of over-long samples to their totals, as the part "soft_overlong",
/// where soft_punish_cache asks for it; references that are members get 0.
/// @param tokensOf tokens of the group's i-th answer with EOS; asked for samples alone
/// @throws Error(InvalidArgument) when the cache is longer than max_completion_length; what
/// `tokensOf` throws. The group is then as it was.
/// @source arXiv 2503.14476 eq. 13; TRL 1.16.0 get_soft_overlong_punishment
void punishOverlong(Group& group, const TrainConfig& config,
                    const std::function<std::int64_t(std::size_t)>& tokensOf);

/// The answers of all groups to the mix in one call, and the punishment of over-long ones.
/// @throws what the scorer and punishOverlong throw.
void rewardGroups(std::span<Group> groups, const AnswerScorer& score, const TrainConfig& config);

} // namespace viva
