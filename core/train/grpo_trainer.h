// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/rl/grpo_loss.h"
#include "core/rl/loss_weights.h"
#include "core/train/grpo_rollout.h"
#include "core/train/trainer.h"

namespace viva {

/// Group relative policy optimisation: collect, score, weigh, update, report.
///
/// Each worker prefills its prompts once, with graph; the same keys and values serve sampling and
/// update. Answers follow from (seed, step, prompt, member) alone, so the number of workers changes
/// nothing but rounding. Old log-probs of the first inner update are those of its own forward pass:
/// the ratio is exactly 1 there.
/// @source arXiv 2509.16990 section 2; TRL 1.16.0 for names
class GrpoTrainer final : public Trainer {
public:
    GrpoTrainer(const TrainConfig& config, TrainerParts parts);

private:
    std::optional<StepReport> attempt(const std::vector<TrainExample>& examples,
                                      const std::stop_token& stop) override;

    void collectAndScore(GrpoStep& step, int worker, const std::stop_token& stop) const;
    void sampleMicroBatch(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                          const std::stop_token& stop) const;
    void scoreMicroBatch(GrpoStep& step, GrpoMicroBatch& micro) const;
    void weigh(GrpoStep& step) const;
    [[nodiscard]] Gradients differentiate(GrpoStep& step, int worker, int iteration,
                                          const std::stop_token& stop) const;
    [[nodiscard]] torch::Tensor microBatchLoss(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                                               int iteration) const;
    void scoreUnderReference(GrpoStep& step, GrpoMicroBatch& micro, int worker) const;
    [[nodiscard]] bool wantsReference() const;
    [[nodiscard]] StepReport report(GrpoStep& step) const;

    LossType m_lossType;
    GrpoLossConfig m_lossConfig;
    std::shared_ptr<const DecoderWeights> m_referenceWeights; ///< frozen, so made once
};

} // namespace viva
