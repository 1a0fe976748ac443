// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/objective_options.h"

#include <array>

namespace viva {
namespace {

constexpr auto kInt = OptionKind::Integer;
constexpr auto kReal = OptionKind::Real;
constexpr auto kBool = OptionKind::Boolean;
constexpr auto kChoice = OptionKind::Choice;

// key, group, label, symbol, TRL name, effect, formula, source, kind, minimum, maximum, choices,
// unit, common
constexpr std::array kOptions{
    OptionInfo{"importance_sampling_level", "Objective", "Ratio of", "s",
               "importance_sampling_level",
               "token compares each token with the policy that sampled it; sequence the whole "
               "answer (GSPO).",
               "sequence: s_i = exp(mean_t(log pi_theta - log pi_old))", "GSPO, arXiv 2507.18071",
               kChoice, 0, 0, "token,sequence", "", false},
    OptionInfo{"steps_per_generation", "Objective", "Micro-batches of a generation", "",
               "steps_per_generation",
               "Splits the prompts of a generation over several updates; the later ones see older "
               "answers. 0 makes one update.",
               "", "TRL 1.16.0, GRPOConfig", kInt, 0, 4096, "", "", false},
    OptionInfo{"top_entropy_quantile", "Objective", "Share of uncertain tokens", "rho",
               "top_entropy_quantile",
               "Only this share of tokens, those of highest entropy, gives a policy gradient; 1 "
               "takes all.",
               "keep H_t >= quantile(H, 1 - rho)", "arXiv 2506.01939", kReal, 0, 1, "", "", false},
    OptionInfo{"off_policy_mask_threshold", "Objective", "Drop stale bad answers", "",
               "off_policy_mask_threshold",
               "Answers below average leave the loss when the policy has left them by more nats a "
               "token; 0 keeps them.",
               "mean_t(log pi_old - log pi_theta) > threshold", "DeepSeek-V3.2; TRL 1.16.0", kReal,
               0, 100, "", "nats", false},
    OptionInfo{
        "sapo_temperature_pos", "Objective", "SAPO gate, A > 0", "tau", "sapo_temperature_pos",
        "Steepness of the soft gate of sapo; sharper gates stop updates nearer to ratio 1.",
        "4/tau sigmoid(tau (s - 1)) A", "SAPO, arXiv 2511.20347", kReal, 0.01, 100, "", "", false},
    OptionInfo{
        "sapo_temperature_neg", "Objective", "SAPO gate, A <= 0", "tau", "sapo_temperature_neg",
        "Steepness of the soft gate of sapo; higher than the other one damps pushing answers down.",
        "4/tau sigmoid(tau (s - 1)) A", "SAPO, arXiv 2511.20347", kReal, 0.01, 100, "", "", false},
    OptionInfo{"vespo_k_pos", "Objective", "VESPO power, A >= 0", "k", "vespo_k_pos",
               "How fast the weight of vespo rises with the sequence ratio W.",
               "W^k exp(lambda (1 - W))", "VESPO, arXiv 2602.10693", kReal, 0, 100, "", "", false},
    OptionInfo{"vespo_lambda_pos", "Objective", "VESPO decay, A >= 0", "lambda", "vespo_lambda_pos",
               "How fast the weight of vespo falls again.", "W^k exp(lambda (1 - W))",
               "VESPO, arXiv 2602.10693", kReal, 0, 100, "", "", false},
    OptionInfo{"vespo_k_neg", "Objective", "VESPO power, A < 0", "k", "vespo_k_neg",
               "How fast the weight of vespo rises with the sequence ratio W.",
               "W^k exp(lambda (1 - W))", "VESPO, arXiv 2602.10693", kReal, 0, 100, "", "", false},
    OptionInfo{"vespo_lambda_neg", "Objective", "VESPO decay, A < 0", "lambda", "vespo_lambda_neg",
               "How fast the weight of vespo falls again.", "W^k exp(lambda (1 - W))",
               "VESPO, arXiv 2602.10693", kReal, 0, 100, "", "", false},
    OptionInfo{"use_bias_correction_kl", "KL and clipping", "Unbiased KL", "",
               "use_bias_correction_kl",
               "Multiplies the KL by the ratio, which is differentiated too; TRL has it on, the "
               "paper not.",
               "s_it KL_it", "TRL 1.16.0; DeepSeek-V3.2", kBool, 0, 1, "", "", false},
    OptionInfo{"delta", "KL and clipping", "Second upper bound", "delta", "delta",
               "Caps the ratio also where the clip does not (two-sided GRPO); 0 has none.",
               "min(min(s, delta) A, clip(s) A)", "INTELLECT-2, arXiv 2505.07291; TRL 1.16.0",
               kReal, 0, 1000, "", "", false},
    OptionInfo{
        "sync_ref_model", "KL and clipping", "Moving reference", "", "sync_ref_model",
        "The reference follows the policy now and then, so that the KL holds to recent weights.",
        "pi_ref <- alpha pi_theta + (1 - alpha) pi_ref", "TR-DPO, arXiv 2404.09656", kBool, 0, 1,
        "", "", false},
    OptionInfo{"ref_model_mixup_alpha", "KL and clipping", "Share of the policy", "alpha",
               "ref_model_mixup_alpha",
               "How much of the policy goes into the reference at each move.",
               "pi_ref <- alpha pi_theta + (1 - alpha) pi_ref", "TR-DPO, arXiv 2404.09656", kReal,
               0, 1, "", "", false},
    OptionInfo{"ref_model_sync_steps", "KL and clipping", "Move every", "", "ref_model_sync_steps",
               "After how many steps the reference moves.", "", "TR-DPO, arXiv 2404.09656", kInt, 1,
               100000000, "", "steps", false},
    OptionInfo{
        "entropy_coef", "Entropy bonus", "Entropy bonus", "", "entropy_coef",
        "Rewards being undecided; a negative one punishes it. The first weight when it adapts.",
        "L <- L - c mean H", "TRL 1.16.0, GRPOConfig", kReal, -2, 10, "", "", false},
    OptionInfo{
        "use_adaptive_entropy", "Entropy bonus", "Adaptive bonus", "", "use_adaptive_entropy",
        "The weight rises while entropy is at or below the target, else falls; it acts only below.",
        "c <- c +- delta", "TRL 1.16.0, GRPOConfig", kBool, 0, 1, "", "", false},
    OptionInfo{"entropy_target", "Entropy bonus", "Target", "", "entropy_target",
               "The entropy that the adaptive bonus defends.", "", "TRL 1.16.0, GRPOConfig", kReal,
               0, 100, "", "nats", false},
    OptionInfo{"entropy_coef_min", "Entropy bonus", "Least weight", "", "entropy_coef_min",
               "The adaptive weight never falls below.", "", "TRL 1.16.0, GRPOConfig", kReal, -2,
               10, "", "", false},
    OptionInfo{"entropy_coef_max", "Entropy bonus", "Largest weight", "", "entropy_coef_max",
               "The adaptive weight never rises above.", "", "TRL 1.16.0, GRPOConfig", kReal, -2,
               10, "", "", false},
    OptionInfo{"entropy_coef_delta", "Entropy bonus", "Move a step", "", "entropy_coef_delta",
               "How far the adaptive weight moves after each update.", "", "TRL 1.16.0, GRPOConfig",
               kReal, 0, 10, "", "", false},
    OptionInfo{"importance_sampling_correction", "Sampler correction", "Correct for the sampler",
               "", "vllm_importance_sampling_correction",
               "Weighs answers that were sampled with top_p, top_k, min_p or another precision "
               "back to the policy.",
               "pi_old / pi_sampler", "TRL 1.16.0, GRPOConfig", kBool, 0, 1, "", "", false},
    OptionInfo{"importance_sampling_mode", "Sampler correction", "Kind of correction", "",
               "vllm_importance_sampling_mode",
               "By token or by answer; truncate clamps the ratio, mask drops what lies outside.",
               "", "TRL 1.16.0, GRPOConfig", kChoice, 0, 0,
               "token_truncate,token_mask,sequence_truncate,sequence_mask", "", false},
    OptionInfo{"importance_sampling_clip_min", "Sampler correction", "Lower bound", "",
               "vllm_importance_sampling_clip_min",
               "Ratios below are clamped or dropped; 0 has no bound.", "", "TRL 1.16.0, GRPOConfig",
               kReal, 0, 1000, "", "", false},
    OptionInfo{"importance_sampling_clip_max", "Sampler correction", "Upper bound", "",
               "vllm_importance_sampling_clip_max", "Ratios above are clamped or dropped.", "",
               "TRL 1.16.0, GRPOConfig", kReal, 0, 1000, "", "", false},
    OptionInfo{"advantage_floor", "Advantages", "Least deviation", "", "",
               "Groups that differ by less are not blown up to the full scale; 0 has no floor.",
               "A_i = (r_i - mean) / (max(std, floor) + eps)", "LEAF, arXiv 2606.07610 (1/3)",
               kReal, 0, 1000, "", "", false},
    OptionInfo{"zero_std_replacement", "Advantages", "Deviation in place of 0", "", "",
               "Taken where all rewards of the baseline are equal; 0 leaves 0 + eps.", "",
               "LUFFY, arXiv 2504.14945 (1)", kReal, 0, 1000, "", "", false},
    OptionInfo{"multi_objective_aggregation", "Advantages", "Several rewards", "",
               "multi_objective_aggregation",
               "sum_then_normalize adds the rewards first; normalize_then_sum scales each by its "
               "group, so that none drowns another.",
               "sum_k w_k (r_ik - mean_k) / std_k", "GDPO; TRL 1.16.0", kChoice, 0, 0,
               "sum_then_normalize,normalize_then_sum", "", false},
    OptionInfo{"zero_variance_groups", "Advantages", "Groups whose answers all score alike", "", "",
               "keep counts them, skip leaves them out of the loss, resample takes other prompts "
               "in their place.",
               "", "DAPO, arXiv 2503.14476, 3.2", kChoice, 0, 0, "keep,skip,resample", "", false},
    OptionInfo{"max_resamples", "Advantages", "Rounds of resampling", "", "",
               "After so many rounds the groups stay as they are.", "", "DAPO, max_num_gen_batches",
               kInt, 0, 1000, "", "rounds", false},
    OptionInfo{
        "soft_punish_cache", "Advantages", "Punish over-long answers", "", "soft_punish_cache",
        "The last so many tokens before the length limit cost up to 1 reward; 0 costs nothing.",
        "(max - cache - tokens) / cache", "DAPO, arXiv 2503.14476, eq. 13", kInt, 0, 32768, "",
        "tokens", false},
    OptionInfo{"credit", "Advantages", "Credit of", "", "",
               "answer gives all tokens of an answer its advantage; leaf gives spans between "
               "shared beginnings their own.",
               "(V(node) - V(root)) + (V(node) - V(parent))", "LEAF, arXiv 2606.07610", kChoice, 0,
               0, "answer,leaf", "", false},
    OptionInfo{"leaf_num_forks", "Advantages", "LEAF: boundaries", "B", "",
               "At most so many positions of high surprisal cut the answers of a prompt.", "",
               "LEAF, arXiv 2606.07610", kInt, 1, 64, "", "", false},
    OptionInfo{"leaf_min_prefix_tokens", "Advantages", "LEAF: first boundary", "", "",
               "No boundary before this token.", "", "LEAF, published code", kInt, 1, 4096, "",
               "tokens", false},
    OptionInfo{"leaf_advantage_terms", "Advantages", "LEAF: credit against", "", "",
               "the prompt and the node before (both), or one of them alone.", "",
               "LEAF, published code", kChoice, 0, 0, "both,global,local", "", false},
    OptionInfo{"leaf_zscore_scope", "Advantages", "LEAF: scaled over", "", "",
               "The spans that are brought to mean 0 and deviation 1 together.", "",
               "LEAF, published code (prompt)", kChoice, 0, 0, "none,prompt,batch", "", false},
    OptionInfo{"references_per_group", "References in the loss", "References a group", "k", "",
               "How many reference answers join the samples of a prompt (mp_grpo) or are imitated "
               "beside them (rl_sft).",
               "G = (G - k) samples + k references", "arXiv 2509.16990, 3.2 (k = 1)", kInt, 1, 64,
               "", "answers", false},
    OptionInfo{"off_policy_shaping", "References in the loss", "Shaping of references", "f", "",
               "luffy lifts the gradient of reference tokens that the model finds unlikely.",
               "f(p) = p / (p + gamma)", "LUFFY, arXiv 2504.14945", kChoice, 0, 0, "none,luffy", "",
               false},
    OptionInfo{"shaping_gamma", "References in the loss", "Shaping strength", "gamma", "",
               "Smaller lifts unlikely tokens more.", "f(p) = p / (p + gamma)",
               "LUFFY, arXiv 2504.14945 (0.1)", kReal, 1e-06, 100, "", "", false},
    OptionInfo{"off_policy_kl", "References in the loss", "KL on references", "", "",
               "Whether reference tokens pay the KL too.", "", "arXiv 2509.16990, 3.2 (left open)",
               kBool, 0, 1, "", "", false},
    OptionInfo{"off_policy_in_normaliser", "References in the loss", "References counted", "N", "",
               "Whether reference tokens and answers enter the divisor of the loss.",
               "N = sum_i |o_i|", "LUFFY, arXiv 2504.14945", kBool, 0, 1, "", "", false},
    OptionInfo{"advantage_baseline", "References in the loss", "Mean and deviation of", "", "",
               "mixed takes them over the whole group, on_policy over the samples alone.",
               "A_j = (r_j - mean) / (std + eps)", "arXiv 2509.16990, 3.2; LUFFY, split", kChoice,
               0, 0, "mixed,on_policy", "", false},
    OptionInfo{"clip_on_policy", "References in the loss", "Clip the samples", "", "",
               "Off takes the clip from the samples too, as the published script of LUFFY does.",
               "", "LUFFY, published script", kBool, 0, 1, "", "", false},
    OptionInfo{"sft_coef", "References in the loss", "Weight of the cross entropy", "", "",
               "How strongly rl_sft imitates the references beside the policy term.",
               "L = L_GRPO + c L_SFT", "LUFFY, arXiv 2504.14945, RL w/ SFT loss", kReal, 0, 100, "",
               "", false},
    OptionInfo{"sft_coef_schedule", "References in the loss", "Course of that weight", "", "",
               "constant keeps it; linear and cosine bring it to 0 by the last step.",
               "c (1 - step / steps)", "Viva Voce", kChoice, 0, 0, "constant,linear,cosine", "",
               false},
};

} // namespace

std::span<const OptionInfo> objectiveOptions() {
    return kOptions;
}

} // namespace viva
