// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/config/train_option.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

double numberOf(const OptionValue& value) {
    return std::visit(
        [](const auto& held) {
            if constexpr (std::is_arithmetic_v<std::decay_t<decltype(held)>>)
                return static_cast<double>(held);
            else
                return std::nan("");
        },
        value);
}

/// Collects what is wrong, each with the option that it is said of.
class Problems {
public:
    template<auto... Members>
    void fatal(std::string message) {
        add(optionOf<Members...>(), std::move(message), true);
    }
    template<auto... Members>
    void warn(std::string message) {
        add(optionOf<Members...>(), std::move(message), false);
    }
    void add(const TrainOption& option, std::string message, bool fatal) {
        m_found.push_back({std::string(option.key), std::move(message), fatal});
    }
    [[nodiscard]] std::vector<ConfigProblem> take() { return std::move(m_found); }

private:
    std::vector<ConfigProblem> m_found;
};

/// What concerns every run.
class RunChecker : protected Problems {
public:
    explicit RunChecker(const TrainConfig& config) : m_config(config) {}
    std::vector<ConfigProblem> run() {
        ranges();
        group();
        lists();
        schedule();
        sampling();
        return take();
    }

private:
    /// Every number against the range in the table of options.
    void ranges() {
        for (const TrainOption& option : trainOptions()) {
            if (option.kind != OptionKind::Integer && option.kind != OptionKind::Real)
                continue;
            const double value = numberOf(option.get(m_config));
            // The group has a sentence of its own.
            if (option.get == optionOf<&TrainConfig::numGenerations>().get && value == 1)
                continue;
            if (!std::isfinite(value) || value < option.minimum || value > option.maximum)
                add(option,
                    fmt::format("{} is {}: it must lie between {} and {}", option.key, value,
                                option.minimum, option.maximum),
                    true);
        }
    }

    void group() {
        const TrainConfig& c = m_config;
        if (!c.samples())
            return;
        if (c.numGenerations == 1)
            fatal<&TrainConfig::numGenerations>(
                "num_generations is 1: a group needs at least 2 answers to "
                "compare; use 8");
        if (c.rewards.empty())
            fatal<&TrainConfig::rewards>(
                "rewards is empty: without a reward no answer is better than another; "
                "add one, such as bleu");
        double sum = 0;
        for (const RewardSpec& reward : c.rewards) {
            if (!std::isfinite(reward.weight))
                fatal<&TrainConfig::rewards>(
                    fmt::format("the weight of reward {} is not a number", reward.name));
            sum += std::abs(reward.weight);
        }
        if (!c.rewards.empty() && sum == 0)
            fatal<&TrainConfig::rewards>("all rewards have weight 0: give at least one a weight");
        if (c.gradientAccumulationSteps > 0 && c.promptsPerStep % c.gradientAccumulationSteps != 0)
            fatal<&TrainConfig::gradientAccumulationSteps>(
                fmt::format("prompts_per_step is {} and gradient_accumulation_steps {}: the "
                            "prompts must divide evenly; use {}",
                            c.promptsPerStep, c.gradientAccumulationSteps,
                            divisorBelow(c.promptsPerStep, c.gradientAccumulationSteps)));
        if (c.loss.epsilonHigh > 0 && c.loss.epsilonHigh < c.loss.epsilon)
            warn<&TrainConfig::loss, &GrpoLossConfig::epsilonHigh>(
                fmt::format("epsilon_high {} is below epsilon {}: rises are clipped "
                            "earlier than falls",
                            c.loss.epsilonHigh, c.loss.epsilon));
    }

    static int divisorBelow(int total, int wish) {
        int best = std::max(1, std::min(wish, total));
        while (best > 1 && total % best != 0)
            --best;
        return best;
    }

    void lists() {
        const TrainConfig& c = m_config;
        if (c.lora.rank == 0 && c.trainable.empty())
            fatal<&TrainConfig::lora, &LoraSpec::rank>(
                "lora.r is 0 and trainable is empty: nothing would be trained; use "
                "lora.r 16, or name weights such as projector");
        if (c.lora.rank > 0 && c.lora.targets.empty())
            fatal<&TrainConfig::lora, &LoraSpec::targets>(
                "lora.target_modules is empty: nothing would be trained; "
                "name at least one linear, such as q_proj");
        if (!c.trainable.empty() && c.reference.sync)
            fatal<&TrainConfig::reference, &ReferenceSpec::sync>(
                "sync_ref_model lets the adapter's reference follow and cannot "
                "follow whole weights; set it to false or empty trainable");
        if (c.data.manifest.empty())
            fatal<&TrainConfig::data, &DataSpec::manifest>(
                "data.manifest is empty: name a manifest.jsonl, \"demo\", or \"project\"");
        if (c.model.empty())
            fatal<&TrainConfig::model>("model is empty: name a checkpoint folder, or \"demo\"");
        if (c.data.trainSplit.empty())
            fatal<&TrainConfig::data, &DataSpec::trainSplit>(
                "data.train_split is empty: name the split to train on");
        const auto& held = c.data.evalSplits;
        if (std::find(held.begin(), held.end(), c.data.trainSplit) != held.end())
            warn<&TrainConfig::data, &DataSpec::evalSplits>(
                fmt::format("split {} is trained on and evaluated: its scores "
                            "say nothing about unseen clips",
                            c.data.trainSplit));
    }

    void schedule() {
        const TrainConfig& c = m_config;
        if (c.warmupSteps > c.maxSteps)
            fatal<&TrainConfig::warmupSteps>(
                fmt::format("warmup_steps is {} and max_steps {}: the learning "
                            "rate would never be reached; use at most {}",
                            c.warmupSteps, c.maxSteps, c.maxSteps));
        if (c.lora.rank > 0 && c.lora.alpha / static_cast<double>(c.lora.rank) > 16)
            warn<&TrainConfig::lora, &LoraSpec::alpha>(
                fmt::format("lora.alpha / lora.r is {}: updates are scaled up "
                            "strongly; 1 to 2 is usual",
                            c.lora.alpha / static_cast<double>(c.lora.rank)));
    }

    void sampling() {
        const TrainConfig& c = m_config;
        if (c.samples() && !c.sampler.correction && (c.topP < 1 || c.topK > 0 || c.minP > 0))
            warn<&TrainConfig::topP>(
                "answers are sampled from a cut distribution, but the loss uses the whole "
                "one: the ratio is only nearly right; top_p 1, top_k 0 and min_p 0 are exact, and "
                "importance_sampling_correction corrects the rest");
    }

    const TrainConfig& m_config;
};

/// What concerns the objective of runs that sample.
class ObjectiveChecker : protected Problems {
public:
    explicit ObjectiveChecker(const TrainConfig& config) : m_config(config) {}
    std::vector<ConfigProblem> run() {
        if (!m_config.samples())
            return {};
        clipping();
        updates();
        entropy();
        advantages();
        credit();
        references();
        return take();
    }

private:
    [[nodiscard]] bool loss(LossType type) const { return m_config.loss.lossType == type; }

    void clipping() {
        const double upper = 1 + m_config.loss.upperEpsilon();
        if (m_config.loss.delta > 0 && m_config.loss.delta <= upper)
            warn<&TrainConfig::loss, &GrpoLossConfig::delta>(
                fmt::format("delta {} is not above 1 + epsilon_high = {}: it cuts before "
                            "the clip does, and clip_ratio/high stays 0",
                            m_config.loss.delta, upper));
        if (loss(LossType::Cispo) && m_config.loss.epsilonHigh <= 0)
            warn<&TrainConfig::loss, &GrpoLossConfig::epsilonHigh>(
                fmt::format("epsilon_high is unset under cispo: the ceiling of the ratio is then "
                            "epsilon {}, which cuts every ratio near 1; ScaleRL uses 5",
                            m_config.loss.epsilon));
        if (loss(LossType::Luspo) && m_config.loss.ratioLevel != RatioLevel::Sequence)
            warn<&TrainConfig::loss, &GrpoLossConfig::ratioLevel>(
                "luspo is meant for importance_sampling_level sequence");
        if (m_config.loss.ratioLevel == RatioLevel::Sequence &&
            (loss(LossType::Dapo) || loss(LossType::Bnpo) || loss(LossType::DrGrpo)))
            warn<&TrainConfig::loss, &GrpoLossConfig::ratioLevel>(
                fmt::format("a ratio by sequence with loss_type {} weighs answers by their "
                            "length; GSPO is sequence with loss_type grpo",
                            nameOf(m_config.loss.lossType)));
        if (loss(LossType::Gmpo) && (m_config.loss.offPolicyMaskThreshold > 0 ||
                                     m_config.sampler.correction || m_config.loss.delta > 0))
            fatal<&TrainConfig::loss, &GrpoLossConfig::lossType>(
                "gmpo knows neither delta nor off_policy_mask_threshold nor "
                "importance_sampling_correction: switch them off");
        if (m_config.sampler.correction && m_config.sampler.clipMin > m_config.sampler.clipMax)
            fatal<&TrainConfig::sampler, &SamplerCorrectionConfig::clipMin>(
                fmt::format("importance_sampling_clip_min {} is above "
                            "importance_sampling_clip_max {}",
                            m_config.sampler.clipMin, m_config.sampler.clipMax));
    }

    void updates() {
        const int perGeneration = m_config.stepsPerGeneration;
        const int accumulated = m_config.gradientAccumulationSteps;
        if (perGeneration <= 0 || accumulated <= 0)
            return;
        if (perGeneration % accumulated != 0)
            fatal<&TrainConfig::stepsPerGeneration>(
                fmt::format("steps_per_generation is {} and gradient_accumulation_steps {}: the "
                            "first must be a multiple of the second",
                            perGeneration, accumulated));
        else if (m_config.promptsPerStep % perGeneration != 0)
            fatal<&TrainConfig::stepsPerGeneration>(
                fmt::format("prompts_per_step is {} and steps_per_generation {}: the prompts of "
                            "a generation must divide evenly",
                            m_config.promptsPerStep, perGeneration));
    }

    void entropy() {
        const EntropyControlConfig& entropy = m_config.entropy;
        if (entropy.minimum > entropy.maximum)
            fatal<&TrainConfig::entropy, &EntropyControlConfig::minimum>(
                fmt::format("entropy_coef_min {} is above entropy_coef_max {}", entropy.minimum,
                            entropy.maximum));
    }

    void advantages() {
        const AdvantageConfig& advantage = m_config.advantage;
        if (m_config.softPunishCache > m_config.maxCompletionLength)
            fatal<&TrainConfig::softPunishCache>(
                fmt::format("soft_punish_cache is {} and max_completion_length {}: the punished "
                            "tokens are the last ones below the limit",
                            m_config.softPunishCache, m_config.maxCompletionLength));
        if (advantage.aggregation == RewardAggregation::NormalizeThenSum &&
            m_config.rewards.size() < 2)
            warn<&TrainConfig::advantage, &AdvantageConfig::aggregation>(
                "normalize_then_sum with a single reward scales it twice; it is meant for several");
        if (m_config.zeroVarianceGroups == ZeroVarianceGroups::Resample &&
            m_config.maxResamples == 0)
            warn<&TrainConfig::maxResamples>("max_resamples is 0: no group is sampled again");
        if (m_config.zeroVarianceGroups == ZeroVarianceGroups::Resample &&
            m_config.numGenerations < 3 && m_config.objective == Objective::MpGrpo)
            warn<&TrainConfig::zeroVarianceGroups>(
                "with one sample and one reference nearly every group "
                "differs: resampling finds little to do");
    }

    void credit() {
        if (m_config.credit != Credit::Leaf)
            return;
        if (loss(LossType::Gmpo) || loss(LossType::Vespo) ||
            m_config.loss.ratioLevel == RatioLevel::Sequence)
            fatal<&TrainConfig::credit>(
                "credit leaf gives each token its own advantage: it needs ratios by "
                "token, so neither gmpo nor vespo nor importance_sampling_level "
                "sequence");
        if (m_config.objective == Objective::MpGrpo)
            fatal<&TrainConfig::credit>(
                "credit leaf builds its tree of samples: take objective grpo or rl_sft "
                "with it, or credit answer");
        if (m_config.advantage.aggregation == RewardAggregation::NormalizeThenSum)
            fatal<&TrainConfig::credit>("credit leaf works on the sum of the rewards: take "
                                        "multi_objective_aggregation sum_then_normalize");
    }

    void references() {
        const int k = m_config.referencesPerGroup();
        const bool mixed = m_config.objective == Objective::MpGrpo;
        if (mixed && k >= m_config.numGenerations)
            fatal<&TrainConfig::mixed, &MixedPolicySpec::references>(
                fmt::format("references_per_group is {} of num_generations {}: at least one "
                            "answer must be the model's own",
                            k, m_config.numGenerations));
        const AdvantageConfig& advantage = m_config.advantage;
        if (mixed && k == m_config.numGenerations - 1 &&
            advantage.baseline == AdvantageBaseline::OnPolicy &&
            advantage.scale == ScaleRewards::Group && advantage.zeroStdReplacement <= 0 &&
            advantage.floor <= 0)
            fatal<&TrainConfig::advantage, &AdvantageConfig::baseline>(
                "one sample has no deviation to scale the reference's advantage by, which would "
                "come out in the thousands: set zero_std_replacement 1, or scale_rewards none, "
                "or more num_generations");
        if (k > 0 && loss(LossType::Gmpo))
            fatal<&TrainConfig::loss, &GrpoLossConfig::lossType>(
                "gmpo has one term an answer and none for references: take another "
                "loss_type, such as dapo");
        if (k > 0 && m_config.advantage.aggregation == RewardAggregation::NormalizeThenSum &&
            mixed && m_config.advantage.baseline == AdvantageBaseline::OnPolicy)
            warn<&TrainConfig::advantage, &AdvantageConfig::baseline>(
                "normalize_then_sum takes the mean of the whole batch "
                "last: references move it");
        if (!mixed && m_config.loss.shaping != OffPolicyShaping::None)
            warn<&TrainConfig::loss, &GrpoLossConfig::shaping>(
                fmt::format("off_policy_shaping acts on references in the group: objective "
                            "mp_grpo, not {}",
                            nameOf(m_config.objective)));
    }

    const TrainConfig& m_config;
};

} // namespace

std::vector<ConfigProblem> validate(const TrainConfig& config) {
    std::vector<ConfigProblem> problems = RunChecker(config).run();
    for (ConfigProblem& problem : ObjectiveChecker(config).run())
        problems.push_back(std::move(problem));
    return problems;
}

void requireValid(const TrainConfig& config) {
    std::string text;
    for (const ConfigProblem& problem : validate(config))
        if (problem.fatal)
            text += (text.empty() ? "" : "; ") + problem.message;
    if (!text.empty())
        throw Error(ErrorCode::InvalidArgument, "the configuration cannot run: " + text);
}

} // namespace viva
