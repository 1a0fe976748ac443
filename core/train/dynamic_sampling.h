// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/grpo_rollout.h"

#include <span>
#include <vector>

namespace viva {

/// A prompt with its scored answers, taken out of the micro-batch they were sampled in.
struct SampledPrompt {
    TrainExample example;
    Group group;
    std::vector<std::vector<float>> samplerLogProbs; ///< per answer; empty without correction
};

/// All prompts of a scored step, in order. The step is empty afterwards.
[[nodiscard]] std::vector<SampledPrompt> takeApart(GrpoStep& step);

/// The micro-batch of the prompts of a slice, as if they had been sampled together; without cache.
[[nodiscard]] GrpoMicroBatch putTogether(const Slice& prompts,
                                         std::span<const SampledPrompt> sampled);

} // namespace viva
