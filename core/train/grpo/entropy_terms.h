// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/grpo/weigh.h"

#include <torch/torch.h>

#include <vector>

namespace viva {

/// What the entropy options ask of an update's micro-batch.
struct EntropyTerms {
    torch::Tensor mask;    ///< [rows, time] bool, CPU: tokens of high entropy; undefined without
                           ///< top_entropy_quantile
    torch::Tensor weights; ///< [rows] float64: bonus of a token's nat; undefined without a bonus
};

/// The same for a whole update.
struct UpdateEntropy {
    PerMicroBatch<EntropyTerms> batches; ///< those of other updates are empty
    double coefficient = 0;              ///< that acts on this update
    double tokens = 0;                   ///< samples' tokens that the bonus is over
};

struct EntropyOptions {
    int update = 0;
    double quantile = 1;    ///< top_entropy_quantile; 1 = all tokens
    bool bonus = false;     ///< whether there is an entropy bonus
    double coefficient = 0; ///< of the bonus
    int updates = 1;        ///< of the generation
};

/// The entropy terms of an update. `entropies`: [rows, time] on the CPU a micro-batch of the
/// update; read with a quantile below 1 only. A threshold is that of a whole micro-batch of the
/// loss, whoever computed its answers. @source TRL 1.16.0 top_entropy_quantile, entropy_coef
[[nodiscard]] UpdateEntropy entropyTerms(const WeighedStep& step,
                                         const PerMicroBatch<Rollout>& rollouts,
                                         const PerMicroBatch<torch::Tensor>& entropies,
                                         const EntropyOptions& options);

} // namespace viva
