// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/grpo/weigh.h"
#include "core/verify/losses/loss_case_torch.h"

namespace viva::losses {

/// A golden step as the trainer's own values: what its phases before the update make of it.
struct TrainerStep {
    TrainConfig config;
    PerMicroBatch<Rollout> rollouts; ///< one worker; the micro-batches of the generation
    UpdatePlan plan;
    WeighedStep weighed;
    int update = 0; ///< of the generation, that the golden values are of

    [[nodiscard]] const std::vector<Rollout>& batches() const { return rollouts.front(); }
    /// Rows of a micro-batch out of a tensor over all rows; what is undefined stays so.
    [[nodiscard]] torch::Tensor rowsOf(const torch::Tensor& all, std::size_t batch) const;
    /// The advantages by row, [rows] float64.
    [[nodiscard]] torch::Tensor advantages() const;
};

/// A step of TRL's trainers: its options, its rows as groups, its micro-batches and what
/// weighStep() gives them. @throws Error(InvalidArgument) for a name that is not known.
[[nodiscard]] TrainerStep trlStep(const LossCase& item);

/// A step of one micro-batch with references in its groups ("mp_grpo") or beside them ("rl_sft").
[[nodiscard]] TrainerStep mixedStep(const LossCase& item, std::string_view objective);

/// A step of one micro-batch whose credit is given by span.
[[nodiscard]] TrainerStep leafStep(const LossCase& item);

/// The curves that a step's rewards and lengths give, as the trainer charts them under TRL's names.
[[nodiscard]] Curves groupCurves(const LossCase& item, const TrainerStep& step);

} // namespace viva::losses
