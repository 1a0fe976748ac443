// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/rl/entropy.h"
#include "core/rl/grpo_loss.h"
#include "core/rl/loss_weights.h"
#include "core/train/dynamic_sampling.h"
#include "core/train/grpo_rollout.h"
#include "core/train/reference_policy.h"
#include "core/train/trainer.h"

namespace viva {

/// Group relative policy optimisation: collect, score, weigh, update, report.
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
    std::optional<StepReport> attempt(const std::vector<TrainExample>& examples,
                                      const std::stop_token& stop) override;
    void addState(TrainerState& state) const override;
    void takeState(const TrainerState& state) override;

    /// Samples the examples on the workers; false when stopped.
    bool collect(GrpoStep& step, std::size_t streamOffset, bool keepGraph,
                 const std::stop_token& stop) const;
    void collectSlice(GrpoStep& step, int worker, std::size_t streamOffset, bool keepGraph,
                      const std::stop_token& stop) const;
    void sampleMicroBatch(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                          std::size_t streamOffset, const std::stop_token& stop) const;
    [[nodiscard]] Answer answerOf(const GrpoMicroBatch& micro, std::size_t row) const;
    void takeAnswers(GrpoStep& step, const GrpoMicroBatch& micro) const;
    /// All answers of the groups in one call, as rewards over a network or over many texts want it.
    void scoreAnswers(std::vector<Group>& groups) const;
    /// Scores the answers beside the workers' pass under the reference policy; both need nothing
    /// but the answers. False when stopped.
    bool scoreAndRefer(GrpoStep& step, bool scored, const std::stop_token& stop);
    /// Samples other prompts until every group has variance, or the cap is reached.
    bool collectWithVariance(GrpoStep& step, const std::stop_token& stop);
    void buildMicroBatches(GrpoStep& step, std::span<const SampledPrompt> sampled) const;
    /// Prompts of a worker in each update, cut into micro-batches.
    [[nodiscard]] std::vector<std::pair<int, Slice>> plan(std::size_t prompts, int worker) const;

    bool update(GrpoStep& step, int iteration, int update, const std::stop_token& stop);
    void scoreBefore(GrpoStep& step, int worker) const;
    void findHighEntropy(GrpoStep& step, int update);
    [[nodiscard]] Gradients differentiate(GrpoStep& step, int worker, int iteration, int update,
                                          const std::stop_token& stop) const;
    [[nodiscard]] torch::Tensor microBatchLoss(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                                               int iteration) const;
    [[nodiscard]] GrpoLossInput lossInput(const GrpoMicroBatch& micro, const AnswerScores& scores,
                                          const torch::Tensor& oldLogProbs) const;
    void scoreUnderReference(GrpoStep& step, GrpoMicroBatch& micro, int worker) const;
    [[nodiscard]] AnswerScores scoreWithoutGraph(GrpoStep& step, GrpoMicroBatch& micro,
                                                 int worker) const;
    void setEntropyWeights(GrpoStep& step) const;
    [[nodiscard]] bool wantsReference() const;
    [[nodiscard]] StepReport report(GrpoStep& step) const;

    EntropyControl m_entropy;
    ReferencePolicy m_reference;
    std::vector<double> m_sftTokenWeights; ///< of the running step, by update
};

} // namespace viva
