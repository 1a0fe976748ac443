// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/train/grpo_rollout.h"

#include <vector>

namespace viva {

/// Rewards to advantages, and to each row its weight in the loss: fills the groups' mean, deviation
/// and advantages, and each micro-batch's mask, advantages, weights and cut. Returns the weight of
/// one reference token in the cross entropy, an update each (0 where there is none).
/// @source arXiv 2509.16990 eq. 1 and 3; TRL 1.16.0; LEAF, arXiv 2606.07610
[[nodiscard]] std::vector<double> weighStep(GrpoStep& step, const TrainConfig& config);

/// Whether any answer takes part in the loss of an update.
[[nodiscard]] bool anythingToLearn(const GrpoStep& step, int update);

} // namespace viva
