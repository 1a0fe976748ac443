// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/objective_check.h"

#include <fmt/format.h>

#include <utility>

namespace viva {
namespace {

class ObjectiveChecker {
public:
    explicit ObjectiveChecker(const TrainConfig& config) : m_config(config), m_spec(config.spec) {}

    std::vector<ConfigProblem> run() {
        if (!m_config.samples())
            return {};
        clipping();
        updates();
        entropy();
        advantages();
        credit();
        references();
        return std::move(m_problems);
    }

private:
    void fatal(std::string key, std::string message) {
        m_problems.push_back({std::move(key), std::move(message), true});
    }
    void warn(std::string key, std::string message) {
        m_problems.push_back({std::move(key), std::move(message), false});
    }
    [[nodiscard]] bool loss(std::string_view name) const { return m_config.lossType == name; }

    void clipping() {
        const double upper = 1 + m_config.effectiveEpsilonHigh();
        if (m_spec.policy.delta > 0 && m_spec.policy.delta <= upper)
            warn("delta", fmt::format("delta {} is not above 1 + epsilon_high = {}: it cuts before "
                                      "the clip does, and clip_ratio/high stays 0",
                                      m_spec.policy.delta, upper));
        if (loss("cispo") && m_config.epsilonHigh <= 0)
            warn("epsilon_high",
                 fmt::format("epsilon_high is unset under cispo: the ceiling of the ratio is then "
                             "epsilon {}, which cuts every ratio near 1; ScaleRL uses 5",
                             m_config.epsilon));
        if (loss("luspo") && m_spec.policy.ratioLevel != "sequence")
            warn("importance_sampling_level",
                 "luspo is meant for importance_sampling_level sequence");
        if (m_spec.policy.ratioLevel == "sequence" &&
            (loss("dapo") || loss("bnpo") || loss("dr_grpo")))
            warn("importance_sampling_level",
                 fmt::format("a ratio by sequence with loss_type {} weighs answers by their "
                             "length; GSPO is sequence with loss_type grpo",
                             m_config.lossType));
        if (loss("gmpo") && (m_spec.policy.offPolicyMaskThreshold > 0 ||
                             m_spec.sampler.correction || m_spec.policy.delta > 0))
            fatal("loss_type", "gmpo knows neither delta nor off_policy_mask_threshold nor "
                               "importance_sampling_correction: switch them off");
        if (m_spec.sampler.correction && m_spec.sampler.clipMin > m_spec.sampler.clipMax)
            fatal("importance_sampling_clip_min",
                  fmt::format("importance_sampling_clip_min {} is above "
                              "importance_sampling_clip_max {}",
                              m_spec.sampler.clipMin, m_spec.sampler.clipMax));
    }

    void updates() {
        const int perGeneration = m_spec.policy.stepsPerGeneration;
        const int accumulated = m_config.gradientAccumulationSteps;
        if (perGeneration <= 0 || accumulated <= 0)
            return;
        if (perGeneration % accumulated != 0)
            fatal("steps_per_generation",
                  fmt::format("steps_per_generation is {} and gradient_accumulation_steps {}: the "
                              "first must be a multiple of the second",
                              perGeneration, accumulated));
        else if (m_config.promptsPerStep % perGeneration != 0)
            fatal("steps_per_generation",
                  fmt::format("prompts_per_step is {} and steps_per_generation {}: the prompts of "
                              "a generation must divide evenly",
                              m_config.promptsPerStep, perGeneration));
    }

    void entropy() {
        const EntropySpec& entropy = m_spec.entropy;
        if (entropy.minimum > entropy.maximum)
            fatal("entropy_coef_min",
                  fmt::format("entropy_coef_min {} is above entropy_coef_max {}", entropy.minimum,
                              entropy.maximum));
    }

    void advantages() {
        const AdvantageSpec& advantage = m_spec.advantage;
        if (advantage.softPunishCache > m_config.maxCompletionLength)
            fatal("soft_punish_cache",
                  fmt::format("soft_punish_cache is {} and max_completion_length {}: the punished "
                              "tokens are the last ones below the limit",
                              advantage.softPunishCache, m_config.maxCompletionLength));
        if (advantage.aggregation == "normalize_then_sum" && m_config.rewards.size() < 2)
            warn(
                "multi_objective_aggregation",
                "normalize_then_sum with a single reward scales it twice; it is meant for several");
        if (advantage.zeroVarianceGroups == "resample" && advantage.maxResamples == 0)
            warn("max_resamples", "max_resamples is 0: no group is sampled again");
        if (advantage.zeroVarianceGroups == "resample" && m_config.numGenerations < 3 &&
            m_config.objective == "mp_grpo")
            warn("zero_variance_groups", "with one sample and one reference nearly every group "
                                         "differs: resampling finds little to do");
    }

    void credit() {
        if (m_spec.leaf.credit != "leaf")
            return;
        if (loss("gmpo") || loss("vespo") || m_spec.policy.ratioLevel == "sequence")
            fatal("credit", "credit leaf gives each token its own advantage: it needs ratios by "
                            "token, so neither gmpo nor vespo nor importance_sampling_level "
                            "sequence");
        if (m_config.objective == "mp_grpo")
            fatal("credit", "credit leaf builds its tree of samples: take objective grpo or rl_sft "
                            "with it, or credit answer");
        if (m_spec.advantage.aggregation == "normalize_then_sum")
            fatal("credit", "credit leaf works on the sum of the rewards: take "
                            "multi_objective_aggregation sum_then_normalize");
    }

    void references() {
        const int k = m_config.referencesPerGroup();
        const bool mixed = m_config.objective == "mp_grpo";
        if (mixed && k >= m_config.numGenerations)
            fatal("references_per_group",
                  fmt::format("references_per_group is {} of num_generations {}: at least one "
                              "answer must be the model's own",
                              k, m_config.numGenerations));
        const AdvantageSpec& advantage = m_spec.advantage;
        if (mixed && k == m_config.numGenerations - 1 && advantage.baseline == "on_policy" &&
            m_config.scaleRewards == "group" && advantage.zeroStdReplacement <= 0 &&
            advantage.floor <= 0)
            fatal("advantage_baseline",
                  "one sample has no deviation to scale the reference's advantage by, which would "
                  "come out in the thousands: set zero_std_replacement 1, or scale_rewards none, "
                  "or more num_generations");
        if (k > 0 && loss("gmpo"))
            fatal("loss_type", "gmpo has one term an answer and none for references: take another "
                               "loss_type, such as dapo");
        if (k > 0 && m_spec.advantage.aggregation == "normalize_then_sum" && mixed &&
            m_spec.advantage.baseline == "on_policy")
            warn("advantage_baseline", "normalize_then_sum takes the mean of the whole batch "
                                       "last: references move it");
        if (!mixed && m_spec.mixed.shaping != "none")
            warn("off_policy_shaping",
                 fmt::format("off_policy_shaping acts on references in the group: objective "
                             "mp_grpo, not {}",
                             m_config.objective));
    }

    const TrainConfig& m_config;
    const ObjectiveSpec& m_spec;
    std::vector<ConfigProblem> m_problems;
};

} // namespace

std::vector<ConfigProblem> checkObjective(const TrainConfig& config) {
    return ObjectiveChecker(config).run();
}

} // namespace viva
