// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/train/grpo_rollout.h"

#include <string>
#include <utility>
#include <vector>

namespace viva {

/// Copies the update's per-token log-probs into the groups' answers.
void fillTokenLogProbs(GrpoStep& step);

/// The curves of a finished step under TRL's names: loss, policy_loss, reward*, kl, kl_policy,
/// entropy, clip_ratio/*, completions/*, sampling/*, grad_norm, group_mix/*, timing/*. Timings are
/// means over the workers, in seconds (timing/other, the rest of the step, is added by the
/// trainer); kl is left out of steps the reference was not asked in.
/// @source TRL 1.16.0 GRPOTrainer logged names
[[nodiscard]] std::vector<std::pair<std::string, double>> grpoMetrics(const GrpoStep& step,
                                                                      const TrainConfig& config);

} // namespace viva
