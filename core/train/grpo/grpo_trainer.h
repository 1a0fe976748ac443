// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rl/entropy.h"
#include "core/train/grpo/dynamic_sampling.h"
#include "core/train/grpo/metrics.h"
#include "core/train/grpo/reference_policy.h"
#include "core/train/trainer.h"

namespace viva {

/// Group relative policy optimisation: collect, score, weigh, update, report. Each phase is a
/// function of the values before it (collect.h, score.h, weigh.h, update.h, metrics.h); what lasts
/// from step to step is the entropy control and the reference policy.
///
/// Each worker prefills its prompts once, with graph; the same keys and values serve sampling and
/// update. Answers follow from (seed, step, prompt, member) alone, so the number of workers changes
/// nothing but rounding. Old log-probs of the first inner update are those of its own forward pass:
/// the ratio is exactly 1 there. References that join a group (mp_grpo) or stand beside it (rl_sft)
/// are rows behind the samples; groups without variance may be left out or sampled anew.
/// @source arXiv 2509.16990 sections 2 and 3; TRL 1.16.0 for names; DAPO, arXiv 2503.14476, 3.2
class GrpoTrainer final : public Trainer {
public:
    GrpoTrainer(const TrainConfig& config, TrainerParts parts);

private:
    /// The answers of a step with what grades them.
    struct GradedStep {
        SampledStep sampled;
        ScoredGroups scored;
        std::optional<ReferenceScores> reference; ///< where it was asked
        double resampledGroups = 0;
    };

    std::optional<StepEnd> attempt(const std::vector<TrainExample>& examples,
                                   const std::stop_token& stop) override;
    void addState(TrainerState& state) const override;
    void takeState(const TrainerState& state) override;

    /// Phases 1 and 2; nullopt when stopped.
    [[nodiscard]] std::optional<GradedStep> collectAndScore(const StepContext& context,
                                                            std::vector<TrainExample> examples,
                                                            StepTimes& times,
                                                            const std::stop_token& stop);
    /// The answers' log-probs under the reference, where this step asks for them. False when
    /// stopped.
    bool addReference(const StepContext& context, GradedStep& step, StepTimes& times,
                      const std::stop_token& stop) const;
    [[nodiscard]] StepReport report(FinishedStep step) const;

    EntropyControl m_entropy;
    ReferencePolicy m_reference;
};

} // namespace viva
