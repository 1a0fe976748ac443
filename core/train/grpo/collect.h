// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/model/decoder.h"
#include "core/train/grpo/rollout.h"
#include "core/train/grpo/step_context.h"

#include <optional>
#include <stop_token>
#include <vector>

namespace viva {

/// The completions of a step, as sampled.
struct SampledStep {
    std::vector<TrainExample> examples; ///< one a group
    PerMicroBatch<Rollout> rollouts;
    /// Per worker: keys and values of its prompts with their graph, for the update to use up. Kept
    /// where a worker has one micro-batch only: with several, memory is short.
    std::vector<std::optional<PromptCache>> graphs;

    [[nodiscard]] std::span<const TrainExample> examplesOf(const Rollout& rollout) const {
        const auto& prompts = rollout.batch.prompts;
        return std::span(examples).subspan(prompts.first, prompts.size());
    }
};

/// The stream member `member` of a prompt samples from.
[[nodiscard]] Rng answerStream(std::uint64_t seed, std::int64_t step, std::size_t prompt,
                               int member);

struct CollectOptions {
    std::size_t firstStream = 0; ///< of the step's prompts, that of the first example
    bool keepGraphs = true;
};

/// Phase 1: samples the examples on the workers, each prompt prefilled once. nullopt when stopped.
[[nodiscard]] std::optional<SampledStep> collect(const StepContext& context,
                                                 std::vector<TrainExample> examples,
                                                 const CollectOptions& options, StepTimes& times,
                                                 const std::stop_token& stop);

} // namespace viva
