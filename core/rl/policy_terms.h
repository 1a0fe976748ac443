// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rl/grpo_loss.h"

#include <torch/torch.h>

namespace viva {

/// Inputs of grpoLoss made safe: what is masked is 0 and no infinity can reach the gradient.
struct PolicyInputs {
    torch::Tensor keep;      ///< [answers, time] bool
    torch::Tensor keepValue; ///< the same as numbers
    torch::Tensor logProbs;  ///< [answers, time], graph
    torch::Tensor oldLogProbs;
    torch::Tensor advantages; ///< [answers, 1 or time]
    torch::Tensor lengths;    ///< [answers, 1], unmasked tokens, at least 1
    torch::Tensor logRatio;   ///< [answers, time]
    torch::Tensor ratio;      ///< [answers, time], or [answers, 1] by sequence
    torch::Tensor offPolicy;  ///< [answers, 1] bool; undefined without references
};

[[nodiscard]] PolicyInputs policyInputs(const GrpoLossInput& input, const GrpoLossConfig& config);

/// -l of grpoLoss before weights and mask, for samples and references; thinned out as configured.
struct PolicyTerm {
    torch::Tensor term;        ///< [answers, 1 or time]; Gmpo: [answers, 1], one an answer
    torch::Tensor vespoWeight; ///< [answers, 1]; Vespo only
    torch::Tensor unweighted;  ///< [answers, time], before the thinning; with references only
    torch::Tensor offRatio;    ///< [answers, time], p after shaping; with references only
};

[[nodiscard]] PolicyTerm policyTerm(const PolicyInputs& inputs, const GrpoLossInput& input,
                                    const GrpoLossConfig& config);

/// The estimate of the KL that enters the loss, [answers, time]: times the ratio where that is
/// asked for (never for references, never under Gmpo), 0 for references whose KL is off.
[[nodiscard]] torch::Tensor klTerm(const PolicyInputs& inputs, const torch::Tensor& refLogProbs,
                                   const GrpoLossConfig& config);

} // namespace viva
