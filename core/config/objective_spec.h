// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

namespace viva {

/// Options of the policy term beyond loss_type, beta and the clip range. Names are TRL's.
struct PolicySpec {
    std::string ratioLevel = "token";  ///< importance_sampling_level: token, sequence
    double delta = 0;                  ///< second upper bound of the ratio; 0 = off
    bool unbiasedKl = false;           ///< use_bias_correction_kl
    double offPolicyMaskThreshold = 0; ///< off_policy_mask_threshold; 0 = off
    double topEntropyQuantile = 1;     ///< top_entropy_quantile; 1 = all tokens
    double sapoTemperaturePos = 1.0;
    double sapoTemperatureNeg = 1.05;
    double vespoKPos = 2.0;
    double vespoLambdaPos = 3.0;
    double vespoKNeg = 3.0;
    double vespoLambdaNeg = 2.0;
    int stepsPerGeneration = 0; ///< micro-batches a generation lasts; 0 = one update's

    bool operator==(const PolicySpec&) const = default;
};

/// The entropy bonus. @source TRL 1.16.0
struct EntropySpec {
    double coefficient = 0; ///< entropy_coef
    bool adaptive = false;  ///< use_adaptive_entropy
    double minimum = 0;     ///< entropy_coef_min
    double maximum = 1;     ///< entropy_coef_max
    double delta = 0.005;   ///< entropy_coef_delta
    double target = 0.2;    ///< entropy_target

    bool operator==(const EntropySpec&) const = default;
};

/// What corrects for samples of a distribution other than the policy's.
/// @source TRL 1.16.0 vllm_importance_sampling_*
struct SamplerSpec {
    bool correction = false;            ///< importance_sampling_correction
    std::string mode = "sequence_mask"; ///< importance_sampling_mode
    double clipMin = 0;                 ///< importance_sampling_clip_min; 0 = none
    double clipMax = 3;                 ///< importance_sampling_clip_max

    bool operator==(const SamplerSpec&) const = default;
};

/// A reference policy that follows. @source TR-DPO, arXiv 2404.09656; TRL 1.16.0
struct ReferenceSpec {
    bool sync = false;       ///< sync_ref_model
    double mixupAlpha = 0.6; ///< ref_model_mixup_alpha
    int syncSteps = 512;     ///< ref_model_sync_steps

    bool operator==(const ReferenceSpec&) const = default;
};

/// Rewards to advantages, beyond scale_rewards.
struct AdvantageSpec {
    std::string aggregation = "sum_then_normalize"; ///< multi_objective_aggregation
    double floor = 0;                               ///< advantage_floor: least deviation; 0 = off
    double zeroStdReplacement = 0;                  ///< zero_std_replacement; 0 = off
    std::string baseline = "mixed";                 ///< advantage_baseline: mixed, on_policy
    std::string zeroVarianceGroups = "keep";        ///< zero_variance_groups: keep, skip, resample
    int maxResamples = 10;                          ///< max_resamples: rounds of dynamic sampling
    int softPunishCache = 0; ///< soft_punish_cache: tokens before the limit that cost; 0 = off

    bool operator==(const AdvantageSpec&) const = default;
};

/// Span advantages. @source LEAF, arXiv 2606.07610
struct LeafSpec {
    std::string credit = "answer";      ///< credit: answer, leaf
    int numForks = 2;                   ///< leaf_num_forks
    int minPrefixTokens = 1;            ///< leaf_min_prefix_tokens
    std::string terms = "both";         ///< leaf_advantage_terms: both, global, local
    std::string zscoreScope = "prompt"; ///< leaf_zscore_scope: none, prompt, batch

    bool operator==(const LeafSpec&) const = default;
};

/// References in the group (mp_grpo) or beside it (rl_sft).
struct MixedPolicySpec {
    int references = 1;                   ///< references_per_group, k
    std::string shaping = "none";         ///< off_policy_shaping: none, luffy
    double shapingGamma = 0.1;            ///< shaping_gamma
    bool kl = true;                       ///< off_policy_kl
    bool inNormaliser = true;             ///< off_policy_in_normaliser
    bool clipOnPolicy = true;             ///< clip_on_policy
    double sftCoef = 0.1;                 ///< sft_coef, of rl_sft
    std::string sftSchedule = "constant"; ///< sft_coef_schedule: constant, linear, cosine (to 0)

    bool operator==(const MixedPolicySpec&) const = default;
};

/// What the objective is made of beside the options that stand in TrainConfig itself. In JSON all
/// of them are plain keys of the configuration.
struct ObjectiveSpec {
    PolicySpec policy;
    EntropySpec entropy;
    SamplerSpec sampler;
    ReferenceSpec reference;
    AdvantageSpec advantage;
    LeafSpec leaf;
    MixedPolicySpec mixed;

    bool operator==(const ObjectiveSpec&) const = default;
};

} // namespace viva
