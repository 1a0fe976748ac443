// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/train/grpo/rollout.h"
#include "core/train/grpo/score.h"

#include <optional>
#include <span>
#include <vector>

namespace viva {

/// The micro-batch that an answer counts in, as TRL has them: gradient_accumulation_steps to an
/// update, whoever runs the answers.
struct LossMicroBatch {
    int update = 0;
    std::int64_t index = 0; ///< in the generation
};

/// How the answers of a generation are dealt out to updates: by the configuration alone, not by the
/// workers or the memory.
struct UpdatePlan {
    std::vector<std::vector<LossMicroBatch>> microBatches; ///< [group][answer]
    int updates = 1;                                       ///< with this generation's answers
    int microBatchesPerUpdate = 1;                         ///< gradient_accumulation_steps
    /// Updates that share the generation's tokens; below 1 where an update takes several.
    double updatesPerGeneration = 1;
    /// Micro-batches of an update where its answers here are only some of it; 0 = they are all.
    double microBatchesOfUpdate = 0;
};

/// Neighbouring groups together: updatesPerGeneration() updates of gradient_accumulation_steps
/// micro-batches each. @source TRL 1.16.0 steps_per_generation
[[nodiscard]] UpdatePlan planUpdates(std::span<const Group> groups, const TrainConfig& config);

/// A micro-batch as the loss weighs it.
struct WeighedBatch {
    torch::Tensor mask;                      ///< [rows, time] bool, CPU
    torch::Tensor advantages;                ///< [rows] float64, or [rows, time] by span
    torch::Tensor weights;                   ///< [rows] float64, w_i of answerWeights()
    std::vector<std::size_t> lossMicroBatch; ///< per row: LossMicroBatch::index
    std::optional<double> sftTokenWeight;    ///< of a reference's token; with rl_sft only
};

/// A step whose answers have their advantages and their weights in the loss.
struct WeighedStep {
    std::vector<Group> groups; ///< with mean, deviation and advantages
    PerMicroBatch<WeighedBatch> batches;
    std::vector<double> tokens;          ///< of samples in the loss, by micro-batch of the loss
    std::vector<double> sftTokenWeights; ///< by update: of one reference token in the cross
                                         ///< entropy; 0 where there is none
    double sftCoefficient = 0;           ///< of this step
    double skippedGroups = 0;            ///< that were left out of the loss
};

/// Phase 3: rewards to advantages, and to each row its weight in the loss. `step`: 1-based.
/// @source arXiv 2509.16990 eq. 1 and 3; TRL 1.16.0; LEAF, arXiv 2606.07610
[[nodiscard]] WeighedStep weighStep(ScoredGroups scored, const PerMicroBatch<Rollout>& rollouts,
                                    const UpdatePlan& plan, const TrainConfig& config,
                                    std::int64_t step);

/// Whether any answer takes part in the loss of an update.
[[nodiscard]] bool anythingToLearn(const WeighedStep& step, const PerMicroBatch<Rollout>& rollouts,
                                   int update);

} // namespace viva
