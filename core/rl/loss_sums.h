// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rl/policy_terms.h"

namespace viva {

/// The curves of a micro-batch, in double precision on the CPU. `weighted` is the policy term with
/// its weights, [answers, 1 or time]; `kl` klTerm() or undefined.
/// As TRL logs them: where there is one column (one token, or ratios by sequence) every answer
/// counts, masked or not.
/// @source TRL 1.16.0 GRPOTrainer._compute_loss (clip_ratio/*, cispo_clip_ratio, kl)
[[nodiscard]] GrpoLossSums lossSums(const PolicyInputs& in, const PolicyTerm& term,
                                    const torch::Tensor& weighted, const torch::Tensor& kl,
                                    const GrpoLossInput& input, const GrpoLossConfig& config);

} // namespace viva
