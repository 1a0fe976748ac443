// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/train/grpo/update.h"
#include "core/train/step_report.h"

#include <optional>
#include <span>

namespace viva {

/// A step behind all its updates.
struct FinishedStep {
    SampledStep sampled;
    WeighedStep weighed;
    std::optional<ReferenceScores> reference; ///< where the reference was asked
    PolicyUpdate update;
    StepTimes times;
    double resampledGroups = 0; ///< groups that other prompts took the place of
};

/// Rewards of the samples: reward, reward_std, reward_best, reward_worst, frac_reward_zero_std,
/// rewards/*, group_mix/*; a reward that is not a number does not apply to its answer. @source
/// TRL 1.16.0; NeMo RL: group mix
[[nodiscard]] Metrics rewardMetrics(std::span<const Group> groups);

/// Lengths of the samples: completions/*. @source TRL 1.16.0
[[nodiscard]] Metrics lengthMetrics(std::span<const Group> groups);

/// What was clipped, by loss type: clip_ratio/*, cispo_clip_ratio or vespo/phi_seq_mean. Shares of
/// answers are not a number where no answer counts. @source TRL 1.16.0
[[nodiscard]] Metrics clipMetrics(const GrpoLossSums& sums, LossType type);

/// The mean KL to the reference policy, nats a token.
[[nodiscard]] double klMetric(const GrpoLossSums& sums);

/// The losses of samples and references apart: on_*, and off_* or, with `imitated`, sft_loss.
/// @source LUFFY's on_pg_loss, off_pg_loss and so on, arXiv 2504.14945
[[nodiscard]] Metrics mixedLossMetrics(const GrpoLossSums& sums, bool imitated);

/// Entropy, and how far sampler and policy are apart, over the samples' tokens that count.
class TokenMeans {
public:
    /// logProbs and entropies [rows, time]; rows behind the samples are not looked at.
    void add(const Rollout& rollout, const torch::Tensor& mask, const torch::Tensor& newLogProbs,
             const torch::Tensor& entropy);
    [[nodiscard]] double entropy() const { return m_entropy / count(); }
    [[nodiscard]] double klPolicy() const { return m_klPolicy / count(); }
    [[nodiscard]] double meanDifference() const { return m_difference / count(); }
    [[nodiscard]] double largestDifference() const { return m_largest; }

private:
    [[nodiscard]] double count() const { return m_tokens > 1 ? m_tokens : 1; }

    double m_tokens = 0;
    double m_entropy = 0;
    double m_difference = 0;
    double m_largest = 0;
    double m_klPolicy = 0;
};

/// What the sampler correction made of the samples: the ratios it multiplies by, and the log-probs
/// they come from. @source TRL 1.16.0 sampling/importance_sampling_ratio/*
class SamplerMeans {
public:
    void add(const Rollout& rollout, const torch::Tensor& mask, const torch::Tensor& oldLogProbs,
             const SamplerCorrectionConfig& config);
    /// Empty without any token.
    [[nodiscard]] Metrics metrics() const;

private:
    std::vector<torch::Tensor> m_ratios;
    std::vector<torch::Tensor> m_gaps;
};

/// The curves of a finished step under TRL's names: loss, policy_loss, reward*, kl, kl_policy,
/// entropy, clip_ratio/*, completions/*, sampling/*, grad_norm, group_mix/*, timing/*. Timings are
/// means over the workers, in seconds (timing/other, the rest of the step, is added by the
/// trainer); kl is left out of steps the reference was not asked in.
/// @source TRL 1.16.0 GRPOTrainer logged names
[[nodiscard]] Metrics grpoMetrics(const FinishedStep& step, const TrainConfig& config);

/// The step's groups with the update's per-token log-probs in their answers.
[[nodiscard]] std::vector<Group> groupsWithLogProbs(FinishedStep step);

} // namespace viva
