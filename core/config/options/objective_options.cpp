// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/options/option_tables.h"

#include <array>

namespace viva {
namespace {

constexpr std::array kObjective{
    option<&TrainConfig::objective>(
        {.key = "objective",
         .label = "Objective",
         .effect = "grpo pushes the model towards its own better answers; mp_grpo lets the "
                   "reference join the group; rl_sft adds the imitation of the references to grpo; "
                   "sft only imitates.",
         .formula =
             "GRPO: L = -(1/N) sum_i sum_t (l_it - beta KL_it); SFT: L = -(1/N) sum_t log pi(y_t)",
         .source = kPaper2,
         .common = true}),
    option<&TrainConfig::loss, &GrpoLossConfig::lossType>(
        {.key = "loss_type",
         .label = "Loss",
         .symbol = "N",
         .trlName = "loss_type",
         .effect = "The policy term and its divisor: dapo by all tokens of the step, grpo by each "
                   "answer's length, bnpo by the micro-batch's tokens, dr_grpo by a constant, "
                   "luspo by answers; cispo caps a weight, sapo gates softly, vespo weighs "
                   "sequences, gmpo takes the geometric mean.",
         .formula = "dapo: N = sum_i |o_i| over the step",
         .source = kPaper2}),
    option<&TrainConfig::numIterations>(
        {.key = "num_iterations",
         .label = "Updates with the same answers",
         .symbol = "mu",
         .trlName = "num_iterations",
         .effect = "More updates use each answer longer; only then do ratio and clipping act.",
         .formula = "s_it = pi_theta(o_it) / pi_old(o_it)",
         .source = kTrl,
         .minimum = 1,
         .maximum = 64}),
    option<&TrainConfig::maskTruncatedCompletions>(
        {.key = "mask_truncated_completions",
         .label = "Leave out cut-off answers",
         .trlName = "mask_truncated_completions",
         .effect = "Answers that hit the length limit do not enter the loss.",
         .source = kTrl}),
    option<&TrainConfig::loss, &GrpoLossConfig::ratioLevel>(
        {.key = "importance_sampling_level",
         .label = "Ratio of",
         .symbol = "s",
         .trlName = "importance_sampling_level",
         .effect = "token compares each token with the policy that sampled it; sequence the whole "
                   "answer (GSPO).",
         .formula = "sequence: s_i = exp(mean_t(log pi_theta - log pi_old))",
         .source = "GSPO, arXiv 2507.18071"}),
    option<&TrainConfig::stepsPerGeneration>(
        {.key = "steps_per_generation",
         .label = "Micro-batches of a generation",
         .trlName = "steps_per_generation",
         .effect = "Splits the prompts of a generation over several updates; the later ones see "
                   "older answers. 0 makes one update.",
         .source = "TRL 1.16.0, GRPOConfig",
         .maximum = 4096}),
    option<&TrainConfig::topEntropyQuantile>(
        {.key = "top_entropy_quantile",
         .label = "Share of uncertain tokens",
         .symbol = "rho",
         .trlName = "top_entropy_quantile",
         .effect = "Only this share of tokens, those of highest entropy, gives a policy gradient; "
                   "1 takes all.",
         .formula = "keep H_t >= quantile(H, 1 - rho)",
         .source = "arXiv 2506.01939",
         .maximum = 1}),
    option<&TrainConfig::loss, &GrpoLossConfig::offPolicyMaskThreshold>(
        {.key = "off_policy_mask_threshold",
         .label = "Drop stale bad answers",
         .trlName = "off_policy_mask_threshold",
         .effect = "Answers below average leave the loss when the policy has left them by more "
                   "nats a token; 0 keeps them.",
         .formula = "mean_t(log pi_old - log pi_theta) > threshold",
         .source = "DeepSeek-V3.2; TRL 1.16.0",
         .maximum = 100,
         .unit = "nats"}),
    option<&TrainConfig::loss, &GrpoLossConfig::sapoTemperaturePos>(
        {.key = "sapo_temperature_pos",
         .label = "SAPO gate, A > 0",
         .symbol = "tau",
         .trlName = "sapo_temperature_pos",
         .effect =
             "Steepness of the soft gate of sapo; sharper gates stop updates nearer to ratio 1.",
         .formula = "4/tau sigmoid(tau (s - 1)) A",
         .source = "SAPO, arXiv 2511.20347",
         .minimum = 0.01,
         .maximum = 100}),
    option<&TrainConfig::loss, &GrpoLossConfig::sapoTemperatureNeg>(
        {.key = "sapo_temperature_neg",
         .label = "SAPO gate, A <= 0",
         .symbol = "tau",
         .trlName = "sapo_temperature_neg",
         .effect = "Steepness of the soft gate of sapo; higher than the other one damps pushing "
                   "answers down.",
         .formula = "4/tau sigmoid(tau (s - 1)) A",
         .source = "SAPO, arXiv 2511.20347",
         .minimum = 0.01,
         .maximum = 100}),
    option<&TrainConfig::loss, &GrpoLossConfig::vespoKPos>(
        {.key = "vespo_k_pos",
         .label = "VESPO power, A >= 0",
         .symbol = "k",
         .trlName = "vespo_k_pos",
         .effect = "How fast the weight of vespo rises with the sequence ratio W.",
         .formula = "W^k exp(lambda (1 - W))",
         .source = "VESPO, arXiv 2602.10693",
         .maximum = 100}),
    option<&TrainConfig::loss, &GrpoLossConfig::vespoLambdaPos>(
        {.key = "vespo_lambda_pos",
         .label = "VESPO decay, A >= 0",
         .symbol = "lambda",
         .trlName = "vespo_lambda_pos",
         .effect = "How fast the weight of vespo falls again.",
         .formula = "W^k exp(lambda (1 - W))",
         .source = "VESPO, arXiv 2602.10693",
         .maximum = 100}),
    option<&TrainConfig::loss, &GrpoLossConfig::vespoKNeg>(
        {.key = "vespo_k_neg",
         .label = "VESPO power, A < 0",
         .symbol = "k",
         .trlName = "vespo_k_neg",
         .effect = "How fast the weight of vespo rises with the sequence ratio W.",
         .formula = "W^k exp(lambda (1 - W))",
         .source = "VESPO, arXiv 2602.10693",
         .maximum = 100}),
    option<&TrainConfig::loss, &GrpoLossConfig::vespoLambdaNeg>(
        {.key = "vespo_lambda_neg",
         .label = "VESPO decay, A < 0",
         .symbol = "lambda",
         .trlName = "vespo_lambda_neg",
         .effect = "How fast the weight of vespo falls again.",
         .formula = "W^k exp(lambda (1 - W))",
         .source = "VESPO, arXiv 2602.10693",
         .maximum = 100}),
};

constexpr std::array kKlAndClipping{
    option<&TrainConfig::loss, &GrpoLossConfig::beta>(
        {.key = "beta",
         .label = "KL weight",
         .symbol = "beta",
         .trlName = "beta",
         .effect =
             "Holds the model near where it started; 0 lets it go, more slows what it learns.",
         .formula = "L = -(1/N) sum (l_it - beta KL_it)",
         .source = kPaperSettings,
         .maximum = 10,
         .common = true}),
    option<&TrainConfig::loss, &GrpoLossConfig::klEstimator>(
        {.key = "kl_estimator",
         .label = "KL estimator",
         .effect =
             "k3 is never negative and varies little; k1 is unbiased and noisy; k2 lies between.",
         .formula = "k3 = exp(d) - d - 1, d = log pi_ref - log pi_theta",
         .source = "TRL 1.16.0; Schulman, Approximating KL Divergence (2020)"}),
    option<&TrainConfig::loss, &GrpoLossConfig::epsilon>(
        {.key = "epsilon",
         .label = "Clip range",
         .symbol = "epsilon",
         .trlName = "epsilon",
         .effect =
             "How far the ratio may leave 1 before it stops counting; acts with several updates.",
         .formula = "l_it = min(s A, clip(s, 1 - eps, 1 + eps_high) A)",
         .source = kPaper2,
         .maximum = 10}),
    option<&TrainConfig::loss, &GrpoLossConfig::epsilonHigh>(
        {.key = "epsilon_high",
         .label = "Clip range upwards",
         .symbol = "epsilon_high",
         .trlName = "epsilon_high",
         .effect = "A wider upper bound lets rare good tokens rise; 0 takes epsilon.",
         .formula = "clip(s, 1 - eps, 1 + eps_high)",
         .source = "DAPO, arXiv 2503.14476, 3.1",
         .maximum = 10}),
    option<&TrainConfig::loss, &GrpoLossConfig::unbiasedKl>(
        {.key = "use_bias_correction_kl",
         .label = "Unbiased KL",
         .trlName = "use_bias_correction_kl",
         .effect = "Multiplies the KL by the ratio, which is differentiated too; TRL has it on, "
                   "the paper not.",
         .formula = "s_it KL_it",
         .source = "TRL 1.16.0; DeepSeek-V3.2"}),
    option<&TrainConfig::loss, &GrpoLossConfig::delta>(
        {.key = "delta",
         .label = "Second upper bound",
         .symbol = "delta",
         .trlName = "delta",
         .effect = "Caps the ratio also where the clip does not (two-sided GRPO); 0 has none.",
         .formula = "min(min(s, delta) A, clip(s) A)",
         .source = "INTELLECT-2, arXiv 2505.07291; TRL 1.16.0",
         .maximum = 1000}),
    option<&TrainConfig::reference, &ReferenceSpec::sync>(
        {.key = "sync_ref_model",
         .label = "Moving reference",
         .trlName = "sync_ref_model",
         .effect = "The reference follows the policy now and then, so that the KL holds to recent "
                   "weights.",
         .formula = "pi_ref <- alpha pi_theta + (1 - alpha) pi_ref",
         .source = "TR-DPO, arXiv 2404.09656"}),
    option<&TrainConfig::reference, &ReferenceSpec::mixupAlpha>(
        {.key = "ref_model_mixup_alpha",
         .label = "Share of the policy",
         .symbol = "alpha",
         .trlName = "ref_model_mixup_alpha",
         .effect = "How much of the policy goes into the reference at each move.",
         .formula = "pi_ref <- alpha pi_theta + (1 - alpha) pi_ref",
         .source = "TR-DPO, arXiv 2404.09656",
         .maximum = 1}),
    option<&TrainConfig::reference, &ReferenceSpec::syncSteps>(
        {.key = "ref_model_sync_steps",
         .label = "Move every",
         .trlName = "ref_model_sync_steps",
         .effect = "After how many steps the reference moves.",
         .source = "TR-DPO, arXiv 2404.09656",
         .minimum = 1,
         .maximum = 100000000,
         .unit = "steps"}),
};

constexpr std::array kEntropyBonus{
    option<&TrainConfig::entropy, &EntropyControlConfig::coefficient>(
        {.key = "entropy_coef",
         .label = "Entropy bonus",
         .trlName = "entropy_coef",
         .effect = "Rewards being undecided; a negative one punishes it. The first weight when it "
                   "adapts.",
         .formula = "L <- L - c mean H",
         .source = "TRL 1.16.0, GRPOConfig",
         .minimum = -2,
         .maximum = 10}),
    option<&TrainConfig::entropy, &EntropyControlConfig::adaptive>(
        {.key = "use_adaptive_entropy",
         .label = "Adaptive bonus",
         .trlName = "use_adaptive_entropy",
         .effect = "The weight rises while entropy is at or below the target, else falls; it acts "
                   "only below.",
         .formula = "c <- c +- delta",
         .source = "TRL 1.16.0, GRPOConfig"}),
    option<&TrainConfig::entropy, &EntropyControlConfig::target>(
        {.key = "entropy_target",
         .label = "Target",
         .trlName = "entropy_target",
         .effect = "The entropy that the adaptive bonus defends.",
         .source = "TRL 1.16.0, GRPOConfig",
         .maximum = 100,
         .unit = "nats"}),
    option<&TrainConfig::entropy, &EntropyControlConfig::minimum>(
        {.key = "entropy_coef_min",
         .label = "Least weight",
         .trlName = "entropy_coef_min",
         .effect = "The adaptive weight never falls below.",
         .source = "TRL 1.16.0, GRPOConfig",
         .minimum = -2,
         .maximum = 10}),
    option<&TrainConfig::entropy, &EntropyControlConfig::maximum>(
        {.key = "entropy_coef_max",
         .label = "Largest weight",
         .trlName = "entropy_coef_max",
         .effect = "The adaptive weight never rises above.",
         .source = "TRL 1.16.0, GRPOConfig",
         .minimum = -2,
         .maximum = 10}),
    option<&TrainConfig::entropy, &EntropyControlConfig::delta>(
        {.key = "entropy_coef_delta",
         .label = "Move a step",
         .trlName = "entropy_coef_delta",
         .effect = "How far the adaptive weight moves after each update.",
         .source = "TRL 1.16.0, GRPOConfig",
         .maximum = 10}),
};

constexpr std::array kSamplerCorrection{
    option<&TrainConfig::sampler, &SamplerCorrectionConfig::correction>(
        {.key = "importance_sampling_correction",
         .label = "Correct for the sampler",
         .trlName = "vllm_importance_sampling_correction",
         .effect = "Weighs answers that were sampled with top_p, top_k, min_p or another precision "
                   "back to the policy.",
         .formula = "pi_old / pi_sampler",
         .source = "TRL 1.16.0, GRPOConfig"}),
    option<&TrainConfig::sampler, &SamplerCorrectionConfig::mode>(
        {.key = "importance_sampling_mode",
         .label = "Kind of correction",
         .trlName = "vllm_importance_sampling_mode",
         .effect =
             "By token or by answer; truncate clamps the ratio, mask drops what lies outside.",
         .source = "TRL 1.16.0, GRPOConfig"}),
    option<&TrainConfig::sampler, &SamplerCorrectionConfig::clipMin>(
        {.key = "importance_sampling_clip_min",
         .label = "Lower bound",
         .trlName = "vllm_importance_sampling_clip_min",
         .effect = "Ratios below are clamped or dropped; 0 has no bound.",
         .source = "TRL 1.16.0, GRPOConfig",
         .maximum = 1000}),
    option<&TrainConfig::sampler, &SamplerCorrectionConfig::clipMax>(
        {.key = "importance_sampling_clip_max",
         .label = "Upper bound",
         .trlName = "vllm_importance_sampling_clip_max",
         .effect = "Ratios above are clamped or dropped.",
         .source = "TRL 1.16.0, GRPOConfig",
         .maximum = 1000}),
};

} // namespace

std::span<const TrainOption> objectiveOptions() {
    return kObjective;
}

std::span<const TrainOption> clippingOptions() {
    return kKlAndClipping;
}

std::span<const TrainOption> entropyOptions() {
    return kEntropyBonus;
}

std::span<const TrainOption> samplerOptions() {
    return kSamplerCorrection;
}

} // namespace viva
