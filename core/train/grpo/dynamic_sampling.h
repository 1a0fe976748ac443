// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/grpo/collect.h"
#include "core/train/grpo/score.h"

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace viva {

/// A prompt with its scored answers, taken out of the micro-batch they were sampled in.
struct SampledPrompt {
    TrainExample example;
    Group group;
    std::vector<std::vector<float>> samplerLogProbs; ///< per answer; empty without correction
};

/// All prompts of a scored step, in order.
[[nodiscard]] std::vector<SampledPrompt> takeApart(SampledStep step, ScoredGroups scored);

/// The micro-batch of the prompts of a slice, as if they had been sampled together.
[[nodiscard]] Rollout putTogether(const MicroBatch& batch, std::span<const SampledPrompt> sampled);

/// A step that was scored while it was collected.
struct ResampledStep {
    SampledStep sampled;
    ScoredGroups scored;
    double replaced = 0; ///< groups that other prompts took the place of
};

/// The next examples of the data order, which count as used when the step succeeds.
using DrawExamples = std::function<std::vector<TrainExample>(std::size_t count)>;

/// Phases 1 and 2 in rounds: samples other prompts until every group has variance, or the cap is
/// reached. nullopt when stopped. @source DAPO, arXiv 2503.14476, 3.2
[[nodiscard]] std::optional<ResampledStep>
collectWithVariance(const StepContext& context, std::vector<TrainExample> examples,
                    const DrawExamples& draw, StepTimes& times, const std::stop_token& stop);

} // namespace viva
