// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/options/option_tables.h"

#include <array>

namespace viva {
namespace {

constexpr std::array kAdvantages{
    option<&TrainConfig::advantage, &AdvantageConfig::scale>(
        {.key = "scale_rewards",
         .label = "Scale by the deviation",
         .symbol = "std",
         .trlName = "scale_rewards",
         .effect =
             "group divides by the group's deviation, batch by that of the step, none not at all.",
         .formula = "A_i = (r_i - mean) / (std + eps)",
         .source = kPaper1}),
    option<&TrainConfig::advantage, &AdvantageConfig::deviation>(
        {.key = "advantage_std",
         .label = "Kind of deviation",
         .effect = "sample divides by G - 1, population by G.",
         .formula = "std^2 = sum (r_i - mean)^2 / (G - 1)",
         .source = kTrl}),
    option<&TrainConfig::advantage, &AdvantageConfig::eps>(
        {.key = "advantage_eps",
         .label = "Added to the deviation",
         .symbol = "eps",
         .effect = "Keeps groups of nearly equal answers from being blown up.",
         .formula = "A_i = (r_i - mean) / (std + eps)",
         .source = kTrl,
         .maximum = 1}),
    option<&TrainConfig::advantage, &AdvantageConfig::floor>(
        {.key = "advantage_floor",
         .label = "Least deviation",
         .effect = "Groups that differ by less are not blown up to the full scale; 0 has no floor.",
         .formula = "A_i = (r_i - mean) / (max(std, floor) + eps)",
         .source = "LEAF, arXiv 2606.07610 (1/3)",
         .maximum = 1000}),
    option<&TrainConfig::advantage, &AdvantageConfig::zeroStdReplacement>(
        {.key = "zero_std_replacement",
         .label = "Deviation in place of 0",
         .effect = "Taken where all rewards of the baseline are equal; 0 leaves 0 + eps.",
         .source = "LUFFY, arXiv 2504.14945 (1)",
         .maximum = 1000}),
    option<&TrainConfig::advantage, &AdvantageConfig::aggregation>(
        {.key = "multi_objective_aggregation",
         .label = "Several rewards",
         .trlName = "multi_objective_aggregation",
         .effect = "sum_then_normalize adds the rewards first; normalize_then_sum scales each by "
                   "its group, so that none drowns another.",
         .formula = "sum_k w_k (r_ik - mean_k) / std_k",
         .source = "GDPO; TRL 1.16.0"}),
    option<&TrainConfig::zeroVarianceGroups>(
        {.key = "zero_variance_groups",
         .label = "Groups whose answers all score alike",
         .effect = "keep counts them, skip leaves them out of the loss, resample takes other "
                   "prompts in their place.",
         .source = "DAPO, arXiv 2503.14476, 3.2"}),
    option<&TrainConfig::maxResamples>(
        {.key = "max_resamples",
         .label = "Rounds of resampling",
         .effect = "After so many rounds the groups stay as they are.",
         .source = "DAPO, max_num_gen_batches",
         .maximum = 1000,
         .unit = "rounds"}),
    option<&TrainConfig::softPunishCache>({.key = "soft_punish_cache",
                                           .label = "Punish over-long answers",
                                           .trlName = "soft_punish_cache",
                                           .effect = "The last so many tokens before the length "
                                                     "limit cost up to 1 reward; 0 costs nothing.",
                                           .formula = "(max - cache - tokens) / cache",
                                           .source = "DAPO, arXiv 2503.14476, eq. 13",
                                           .maximum = 32768,
                                           .unit = "tokens"}),
    option<&TrainConfig::credit>({.key = "credit",
                                  .label = "Credit of",
                                  .effect = "answer gives all tokens of an answer its advantage; "
                                            "leaf gives spans between shared beginnings their own.",
                                  .formula = "(V(node) - V(root)) + (V(node) - V(parent))",
                                  .source = "LEAF, arXiv 2606.07610"}),
    option<&TrainConfig::leaf, &LeafConfig::numForks>(
        {.key = "leaf_num_forks",
         .label = "LEAF: boundaries",
         .symbol = "B",
         .effect = "At most so many positions of high surprisal cut the answers of a prompt.",
         .source = "LEAF, arXiv 2606.07610",
         .minimum = 1,
         .maximum = 64}),
    option<&TrainConfig::leaf, &LeafConfig::minPrefixTokens>(
        {.key = "leaf_min_prefix_tokens",
         .label = "LEAF: first boundary",
         .effect = "No boundary before this token.",
         .source = "LEAF, published code",
         .minimum = 1,
         .maximum = 4096,
         .unit = "tokens"}),
    option<&TrainConfig::leaf, &LeafConfig::terms>(
        {.key = "leaf_advantage_terms",
         .label = "LEAF: credit against",
         .effect = "the prompt and the node before (both), or one of them alone.",
         .source = "LEAF, published code"}),
    option<&TrainConfig::leaf, &LeafConfig::scope>(
        {.key = "leaf_zscore_scope",
         .label = "LEAF: scaled over",
         .effect = "The spans that are brought to mean 0 and deviation 1 together.",
         .source = "LEAF, published code (prompt)"}),
};

constexpr std::array kReferencesInTheLoss{
    option<&TrainConfig::mixed, &MixedPolicySpec::references>(
        {.key = "references_per_group",
         .label = "References a group",
         .symbol = "k",
         .effect = "How many reference answers join the samples of a prompt (mp_grpo) or are "
                   "imitated beside them (rl_sft).",
         .formula = "G = (G - k) samples + k references",
         .source = "arXiv 2509.16990, 3.2 (k = 1)",
         .minimum = 1,
         .maximum = 64,
         .unit = "answers"}),
    option<&TrainConfig::loss, &GrpoLossConfig::shaping>(
        {.key = "off_policy_shaping",
         .label = "Shaping of references",
         .symbol = "f",
         .effect = "luffy lifts the gradient of reference tokens that the model finds unlikely.",
         .formula = "f(p) = p / (p + gamma)",
         .source = "LUFFY, arXiv 2504.14945"}),
    option<&TrainConfig::loss, &GrpoLossConfig::shapingGamma>(
        {.key = "shaping_gamma",
         .label = "Shaping strength",
         .symbol = "gamma",
         .effect = "Smaller lifts unlikely tokens more.",
         .formula = "f(p) = p / (p + gamma)",
         .source = "LUFFY, arXiv 2504.14945 (0.1)",
         .minimum = 1e-06,
         .maximum = 100}),
    option<&TrainConfig::loss, &GrpoLossConfig::offPolicyKl>(
        {.key = "off_policy_kl",
         .label = "KL on references",
         .effect = "Whether reference tokens pay the KL too.",
         .source = "arXiv 2509.16990, 3.2 (left open)"}),
    option<&TrainConfig::mixed, &MixedPolicySpec::inNormaliser>(
        {.key = "off_policy_in_normaliser",
         .label = "References counted",
         .symbol = "N",
         .effect = "Whether reference tokens and answers enter the divisor of the loss.",
         .formula = "N = sum_i |o_i|",
         .source = "LUFFY, arXiv 2504.14945"}),
    option<&TrainConfig::advantage, &AdvantageConfig::baseline>(
        {.key = "advantage_baseline",
         .label = "Mean and deviation of",
         .effect = "mixed takes them over the whole group, on_policy over the samples alone.",
         .formula = "A_j = (r_j - mean) / (std + eps)",
         .source = "arXiv 2509.16990, 3.2; LUFFY, split"}),
    option<&TrainConfig::loss, &GrpoLossConfig::clipOnPolicy>(
        {.key = "clip_on_policy",
         .label = "Clip the samples",
         .effect =
             "Off takes the clip from the samples too, as the published script of LUFFY does.",
         .source = "LUFFY, published script"}),
    option<&TrainConfig::mixed, &MixedPolicySpec::sftCoef>(
        {.key = "sft_coef",
         .label = "Weight of the cross entropy",
         .effect = "How strongly rl_sft imitates the references beside the policy term.",
         .formula = "L = L_GRPO + c L_SFT",
         .source = "LUFFY, arXiv 2504.14945, RL w/ SFT loss",
         .maximum = 100}),
    option<&TrainConfig::mixed, &MixedPolicySpec::sftSchedule>(
        {.key = "sft_coef_schedule",
         .label = "Course of that weight",
         .effect = "constant keeps it; linear and cosine bring it to 0 by the last step.",
         .formula = "c (1 - step / steps)",
         .source = "Viva Voce"}),
};

constexpr std::array kRewards{
    option<&TrainConfig::rewards>(
        {.key = "rewards",
         .label = "Rewards and weights",
         .symbol = "r",
         .trlName = "reward_funcs, reward_weights",
         .effect = "What makes an answer good: the weighted sum of these scores.",
         .formula = "r_i = sum_k w_k r_k(o_i)",
         .source = kPaperSettings,
         .common = true}),
};

} // namespace

std::span<const TrainOption> advantageOptions() {
    return kAdvantages;
}

std::span<const TrainOption> mixedPolicyOptions() {
    return kReferencesInTheLoss;
}

std::span<const TrainOption> rewardOptions() {
    return kRewards;
}

} // namespace viva
