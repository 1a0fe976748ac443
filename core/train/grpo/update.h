// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rl/entropy.h"
#include "core/rl/grpo_loss.h"
#include "core/train/gradient_sum.h"
#include "core/train/grpo/entropy_terms.h"
#include "core/train/grpo/weigh.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <vector>

namespace viva {

/// What an update made of one micro-batch.
struct UpdatedBatch {
    torch::Tensor oldLogProbs; ///< [rows, time]: before the first update that saw the answers
    torch::Tensor newLogProbs; ///< [rows, time], CPU: in this update's forward pass
    torch::Tensor entropy;     ///< [rows, time], CPU: in the first inner update
    GrpoLossSums sums;
    double loss = 0;       ///< this micro-batch's share of the update's
    double entropySum = 0; ///< over the tokens of the bonus
};

/// Scores that a micro-batch's update needs beside those of its own forward pass.
struct OldScores {
    torch::Tensor old;       ///< [rows, time] log pi_old; undefined: those of this very pass
    torch::Tensor reference; ///< [rows, time] log pi_ref; undefined where it was not asked
};

/// A micro-batch as the loss takes it, on the device of `scores`.
[[nodiscard]] GrpoLossInput lossInput(const Rollout& rollout, const WeighedBatch& weighed,
                                      const EntropyTerms& entropy, const AnswerScores& scores,
                                      const OldScores& before, const TrainConfig& config);

/// The updates of a finished step.
struct PolicyUpdate {
    PerMicroBatch<UpdatedBatch> batches; ///< of the last inner update
    double gradNorm = 0;                 ///< before clipping, of the last update
};

/// Applies the workers' gradients and returns their norm before clipping.
using ApplyGradients = std::function<double(std::vector<Gradients> byWorker)>;

/// Phase 4: num_iterations times each of the generation's updates. `graphs` of the sampled step are
/// used up by the first of them; `apply` is called at most once an update; the entropy control
/// moves after each. nullopt when stopped.
[[nodiscard]] std::optional<PolicyUpdate>
updatePolicy(const StepContext& context, SampledStep& sampled, const WeighedStep& weighed,
             const std::optional<ReferenceScores>& reference, EntropyControl& control,
             const ApplyGradients& apply, StepTimes& times, const std::stop_token& stop);

} // namespace viva
