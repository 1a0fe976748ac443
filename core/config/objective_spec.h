// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"

namespace viva {

/// The loss: policy term, clip range and KL. Names are TRL's; grpoLoss() takes it as it is.
struct GrpoLossConfig {
    LossType lossType = LossType::Dapo; ///< loss_type: which policy term, and its divisor
    double beta = 0.02;                 ///< weight of the KL to the reference policy
    KlEstimator klEstimator = KlEstimator::K3;
    double epsilon = 0.2;   ///< lower clip: ratio 1 - epsilon (Gmpo: log ratio -epsilon)
    double epsilonHigh = 0; ///< epsilon_high: upper clip; 0 = epsilon

    RatioLevel ratioLevel = RatioLevel::Token; ///< importance_sampling_level
    double delta = 0;        ///< second upper bound of the ratio, before the clip; 0 = off
    bool unbiasedKl = false; ///< use_bias_correction_kl: KL times the ratio
    double offPolicyMaskThreshold = 0; ///< off_policy_mask_threshold, nats; 0 = off
    double sapoTemperaturePos = 1.0;
    double sapoTemperatureNeg = 1.05;
    double vespoKPos = 2.0;
    double vespoLambdaPos = 3.0;
    double vespoKNeg = 3.0;
    double vespoLambdaNeg = 2.0;

    OffPolicyShaping shaping = OffPolicyShaping::None; ///< off_policy_shaping
    double shapingGamma = 0.1;                         ///< shaping_gamma
    bool offPolicyKl = true;                           ///< off_policy_kl
    bool clipOnPolicy = true; ///< clip_on_policy; false: samples are not clipped (LUFFY's script)

    /// The upper clip: ratio 1 + this (Cispo: the ceiling itself).
    [[nodiscard]] double upperEpsilon() const { return epsilonHigh > 0 ? epsilonHigh : epsilon; }

    bool operator==(const GrpoLossConfig&) const = default;
};

/// How the weight of the entropy bonus follows the entropy. @source TRL 1.16.0
struct EntropyControlConfig {
    double coefficient = 0; ///< entropy_coef; the first one when it adapts
    bool adaptive = false;  ///< use_adaptive_entropy
    double minimum = 0;     ///< entropy_coef_min
    double maximum = 1;     ///< entropy_coef_max
    double delta = 0.005;   ///< entropy_coef_delta
    double target = 0.2;    ///< entropy_target, nats

    bool operator==(const EntropyControlConfig&) const = default;
};

/// What corrects for samples of a distribution other than the policy's.
/// @source TRL 1.16.0 vllm_importance_sampling_*
struct SamplerCorrectionConfig {
    bool correction = false;                                  ///< importance_sampling_correction
    SamplerCorrection mode = SamplerCorrection::SequenceMask; ///< importance_sampling_mode
    double clipMin = 0; ///< importance_sampling_clip_min; a ratio is never below 0, so 0 = none
    double clipMax = 3; ///< importance_sampling_clip_max

    bool operator==(const SamplerCorrectionConfig&) const = default;
};

/// A reference policy that follows. @source TR-DPO, arXiv 2404.09656; TRL 1.16.0
struct ReferenceSpec {
    bool sync = false;       ///< sync_ref_model
    double mixupAlpha = 0.6; ///< ref_model_mixup_alpha
    int syncSteps = 512;     ///< ref_model_sync_steps

    bool operator==(const ReferenceSpec&) const = default;
};

/// Rewards to advantages; computeAdvantages() takes it as it is.
struct AdvantageConfig {
    ScaleRewards scale = ScaleRewards::Group;        ///< scale_rewards
    DeviationKind deviation = DeviationKind::Sample; ///< advantage_std
    double eps = 1e-4;                               ///< advantage_eps, added to the deviation
    double floor = 0;              ///< advantage_floor: the least deviation (LEAF); 0 = off
    double zeroStdReplacement = 0; ///< taken for a deviation of 0 (LUFFY: 1); 0 = off
    AdvantageBaseline baseline = AdvantageBaseline::Mixed;               ///< advantage_baseline
    RewardAggregation aggregation = RewardAggregation::SumThenNormalize; ///< multi_objective_...

    bool operator==(const AdvantageConfig&) const = default;
};

/// Span advantages; leafAdvantages() takes it as it is. @source LEAF, arXiv 2606.07610
struct LeafConfig {
    int numForks = 2;                    ///< leaf_num_forks: most boundaries of a prompt
    int minPrefixTokens = 1;             ///< leaf_min_prefix_tokens: no boundary before this token
    LeafTerms terms = LeafTerms::Both;   ///< leaf_advantage_terms
    LeafScope scope = LeafScope::Prompt; ///< leaf_zscore_scope; the published code: by prompt
    double zscoreEpsilon = 1e-6;         ///< least deviation of the z-score; no option

    bool operator==(const LeafConfig&) const = default;
};

/// References in the group (mp_grpo) or beside it (rl_sft).
struct MixedPolicySpec {
    int references = 1;                              ///< references_per_group, k
    bool inNormaliser = true;                        ///< off_policy_in_normaliser
    double sftCoef = 0.1;                            ///< sft_coef, of rl_sft
    SftSchedule sftSchedule = SftSchedule::Constant; ///< sft_coef_schedule

    bool operator==(const MixedPolicySpec&) const = default;
};

} // namespace viva
