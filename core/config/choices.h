// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choice.h"

namespace viva {

/// objective: what a run learns from.
enum class Objective { Grpo, MpGrpo, RlSft, Sft };
template<>
inline constexpr std::array kChoices<Objective>{
    Choice{Objective::Grpo, "grpo", "GRPO"},
    Choice{Objective::MpGrpo, "mp_grpo", "MP-GRPO"},
    Choice{Objective::RlSft, "rl_sft", "RL + SFT"},
    Choice{Objective::Sft, "sft", "SFT"},
};

/// loss_type: what a token's policy term is, and how the terms of a step become one number.
/// @source TRL 1.16.0 loss_type; GMPO, arXiv 2507.20673; LUFFY's script (padded_length)
enum class LossType { Dapo, Grpo, Bnpo, DrGrpo, Cispo, Sapo, Luspo, Vespo, Gmpo, PaddedLength };
template<>
inline constexpr std::array kChoices<LossType>{
    Choice{LossType::Dapo, "dapo", "clipped; mean over all tokens of the generation"},
    Choice{LossType::Grpo, "grpo", "clipped; mean over answers of the answer's token mean"},
    Choice{LossType::Bnpo, "bnpo",
           "clipped; mean over micro-batches of the micro-batch's token mean"},
    Choice{LossType::DrGrpo, "dr_grpo",
           "clipped; token sum over answers times max_completion_length"},
    Choice{LossType::Cispo, "cispo", "the ratio is a capped weight of log pi; divided as dapo"},
    Choice{LossType::Sapo, "sapo", "a sigmoid gate instead of the clip; divided as grpo"},
    Choice{LossType::Luspo, "luspo", "clipped; mean over answers of token sums"},
    Choice{LossType::Vespo, "vespo", "a smooth sequence weight of log pi; divided as dapo"},
    Choice{LossType::Gmpo, "gmpo",
           "geometric mean of an answer's ratios, clipped in log space; mean over answers"},
    Choice{LossType::PaddedLength, "padded_length",
           "clipped; token sum over the length of the longest answer"},
};

/// kl_estimator: Monte-Carlo estimators of KL[pi_theta || pi_ref] from the sampled token alone.
enum class KlEstimator { K1, K2, K3 };
template<>
inline constexpr std::array kChoices<KlEstimator>{
    Choice{KlEstimator::K1, "k1", "d: unbiased, may be negative"},
    Choice{KlEstimator::K2, "k2", "d^2 / 2: biased, low variance"},
    Choice{KlEstimator::K3, "k3", "e^-d + d - 1: unbiased, never negative"},
};

/// importance_sampling_level: over what a ratio is taken.
/// @source TRL 1.16.0 importance_sampling_level; GSPO, arXiv 2507.18071
enum class RatioLevel { Token, Sequence };
template<>
inline constexpr std::array kChoices<RatioLevel>{
    Choice{RatioLevel::Token, "token", "exp(log pi_theta - log pi_old) of the token"},
    Choice{RatioLevel::Sequence, "sequence",
           "exp of the mean log ratio of the answer, the same for all its tokens"},
};

/// importance_sampling_mode: how the ratio between trainer and sampler is kept in bounds.
enum class SamplerCorrection { TokenTruncate, TokenMask, SequenceTruncate, SequenceMask };
template<>
inline constexpr std::array kChoices<SamplerCorrection>{
    Choice{SamplerCorrection::TokenTruncate, "token_truncate", "per token, clamped"},
    Choice{SamplerCorrection::TokenMask, "token_mask", "per token, 0 outside the bounds"},
    Choice{SamplerCorrection::SequenceTruncate, "sequence_truncate",
           "per answer (product over its tokens), clamped"},
    Choice{SamplerCorrection::SequenceMask, "sequence_mask", "per answer, 0 outside"},
};

/// off_policy_shaping: how the probability of a reference's token enters.
/// @source LUFFY, arXiv 2504.14945
enum class OffPolicyShaping { None, Luffy };
template<>
inline constexpr std::array kChoices<OffPolicyShaping>{
    Choice{OffPolicyShaping::None, "none", "p"},
    Choice{OffPolicyShaping::Luffy, "luffy", "p / (p + gamma)"},
};

/// scale_rewards: which deviation rewards are divided by.
/// @source TRL 1.16.0 scale_rewards
enum class ScaleRewards { Group, Batch, None };
template<>
inline constexpr std::array kChoices<ScaleRewards>{
    Choice{ScaleRewards::Group, "group", "that of the group"},
    Choice{ScaleRewards::Batch, "batch", "that of all rewards of the step"},
    Choice{ScaleRewards::None, "none", "none: the mean is taken off and that is all"},
};

/// advantage_std: what a sum of squares is divided by.
enum class DeviationKind { Sample, Population };
template<>
inline constexpr std::array kChoices<DeviationKind>{
    Choice{DeviationKind::Sample, "sample", "G - 1"},
    Choice{DeviationKind::Population, "population", "G"},
};

/// advantage_baseline: whose rewards the mean and the deviation are taken from.
enum class AdvantageBaseline { Mixed, OnPolicy };
template<>
inline constexpr std::array kChoices<AdvantageBaseline>{
    Choice{AdvantageBaseline::Mixed, "mixed",
           "all members of the group, references included (MP-GRPO)"},
    Choice{AdvantageBaseline::OnPolicy, "on_policy",
           "the samples alone; references are measured against them (split of LUFFY)"},
};

/// multi_objective_aggregation: how several rewards become one advantage.
/// @source TRL 1.16.0 multi_objective_aggregation
enum class RewardAggregation { SumThenNormalize, NormalizeThenSum };
template<>
inline constexpr std::array kChoices<RewardAggregation>{
    Choice{RewardAggregation::SumThenNormalize, "sum_then_normalize",
           "weighted sum, then minus the mean and over the deviation"},
    Choice{RewardAggregation::NormalizeThenSum, "normalize_then_sum",
           "each reward by its group first, weighted sum, then by the batch (GDPO)"},
};

/// zero_variance_groups: what happens to groups whose answers all score alike.
/// @source DAPO, arXiv 2503.14476, 3.2
enum class ZeroVarianceGroups { Keep, Skip, Resample };
template<>
inline constexpr std::array kChoices<ZeroVarianceGroups>{
    Choice{ZeroVarianceGroups::Keep, "keep", "counted"},
    Choice{ZeroVarianceGroups::Skip, "skip", "left out of the loss"},
    Choice{ZeroVarianceGroups::Resample, "resample",
           "other prompts in their place (dynamic sampling)"},
};

/// credit: what an advantage belongs to.
/// @source LEAF, arXiv 2606.07610
enum class Credit { Answer, Leaf };
template<>
inline constexpr std::array kChoices<Credit>{
    Choice{Credit::Answer, "answer", "all tokens of an answer have its advantage"},
    Choice{Credit::Leaf, "leaf", "spans between shared beginnings have their own"},
};

/// leaf_advantage_terms: which differences a span's credit is made of.
enum class LeafTerms { Both, Global, Local };
template<>
inline constexpr std::array kChoices<LeafTerms>{
    Choice{LeafTerms::Both, "both", "against the root and against the parent node"},
    Choice{LeafTerms::Global, "global", "against the root only"},
    Choice{LeafTerms::Local, "local", "against the parent only"},
};

/// leaf_zscore_scope: over which spans they are made comparable.
enum class LeafScope { None, Prompt, Batch };
template<>
inline constexpr std::array kChoices<LeafScope>{
    Choice{LeafScope::None, "none", "none"},
    Choice{LeafScope::Prompt, "prompt", "those of a prompt"},
    Choice{LeafScope::Batch, "batch", "those of the step"},
};

/// sft_coef_schedule: the course of the cross entropy's weight in rl_sft.
enum class SftSchedule { Constant, Linear, Cosine };
template<>
inline constexpr std::array kChoices<SftSchedule>{
    Choice{SftSchedule::Constant, "constant", "stays"},
    Choice{SftSchedule::Linear, "linear", "falls in a line to 0"},
    Choice{SftSchedule::Cosine, "cosine", "falls along a cosine to 0"},
};

/// lr_scheduler_type: the course of the learning rate after its warm-up.
/// @source transformers SchedulerType
enum class LrScheduler { Linear, Cosine, Constant };
template<>
inline constexpr std::array kChoices<LrScheduler>{
    Choice{LrScheduler::Linear, "linear", "falls in a line to 0"},
    Choice{LrScheduler::Cosine, "cosine", "falls along a cosine to 0"},
    Choice{LrScheduler::Constant, "constant", "stays"},
};

/// device: where a model computes.
enum class Device { Auto, Cpu, Cuda };
template<>
inline constexpr std::array kChoices<Device>{
    Choice{Device::Auto, "auto", "the GPU where there is one, else the CPU"},
    Choice{Device::Cpu, "cpu", "the CPU"},
    Choice{Device::Cuda, "cuda", "an NVIDIA GPU"},
};

/// dtype: what weights are kept in.
enum class Dtype { Float32, BFloat16 };
template<>
inline constexpr std::array kChoices<Dtype>{
    Choice{Dtype::Float32, "float32", "32 bits"},
    Choice{Dtype::BFloat16, "bfloat16", "16 bits: half the memory"},
};

} // namespace viva
