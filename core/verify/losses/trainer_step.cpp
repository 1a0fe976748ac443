// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/losses/trainer_step_torch.h"

#include "core/config/train_option.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva::losses {
namespace {

constexpr double kUnbounded = std::numeric_limits<double>::infinity();

/// Options that TRL's cases and the formulas' share.
TrainConfig commonConfig(const LossCase& item) {
    TrainConfig config;
    setOption(config, "loss_type", item.text("loss_type"));
    setOption(config, "scale_rewards", item.text("scale_rewards"));
    config.loss.epsilon = item.number("epsilon");
    config.loss.epsilonHigh = item.number("epsilon_high"); // 0 = epsilon, as null is in TRL
    config.loss.beta = item.number("beta");
    config.loss.unbiasedKl = item.flag("use_bias_correction_kl");
    config.maxCompletionLength = static_cast<int>(item.number("max_completion_length", 1));
    return config;
}

void takePolicy(const LossCase& item, TrainConfig& config) {
    GrpoLossConfig& loss = config.loss;
    setOption(config, "importance_sampling_level", item.text("importance_sampling_level"));
    loss.delta = item.number("delta");
    loss.offPolicyMaskThreshold = item.number("off_policy_mask_threshold");
    config.topEntropyQuantile = item.number("top_entropy_quantile", 1);
    loss.sapoTemperaturePos = item.number("sapo_temperature_pos");
    loss.sapoTemperatureNeg = item.number("sapo_temperature_neg");
    loss.vespoKPos = item.number("vespo_k_pos");
    loss.vespoLambdaPos = item.number("vespo_lambda_pos");
    loss.vespoKNeg = item.number("vespo_k_neg");
    loss.vespoLambdaNeg = item.number("vespo_lambda_neg");
    if (item.trainer == "GMPOTrainer") {
        setOption(config, "loss_type", "gmpo");
        if (!item.inputs.at("options").contains("epsilon"))
            loss.epsilon = item.number("gmpo_epsilon", 0.4);
    }
}

void takeSampler(const LossCase& item, TrainConfig& config) {
    SamplerCorrectionConfig& sampler = config.sampler;
    sampler.correction = item.inputs.value("sampler_correction", false);
    setOption(config, "importance_sampling_mode", item.text("vllm_importance_sampling_mode"));
    sampler.clipMin = item.number("vllm_importance_sampling_clip_min");
    sampler.clipMax = item.number("vllm_importance_sampling_clip_max", kUnbounded);
}

void takeRewards(const LossCase& item, TrainConfig& config) {
    setOption(config, "multi_objective_aggregation", item.text("multi_objective_aggregation"));
    config.rewards.clear();
    const json& names = item.inputs.at("reward_names");
    for (std::size_t k = 0; k < names.size(); ++k) {
        RewardSpec reward;
        reward.name = names.at(k).get<std::string>();
        reward.weight = item.isNull("reward_weights")
                            ? 1.0
                            : item.options.at("reward_weights").at(k).get<double>();
        config.rewards.push_back(std::move(reward));
    }
}

void takeEntropy(const LossCase& item, TrainConfig& config) {
    EntropyControlConfig& entropy = config.entropy;
    entropy.coefficient = item.number("entropy_coef");
    entropy.adaptive = item.flag("use_adaptive_entropy");
    entropy.minimum = item.number("entropy_coef_min");
    entropy.maximum = item.number("entropy_coef_max");
    entropy.delta = item.number("entropy_coef_delta");
    entropy.target = item.number("entropy_target");
}

/// How TRL deals out the rows of a generation.
struct Batching {
    std::size_t rows = 0; ///< of a micro-batch
    int accumulation = 1; ///< micro-batches the update is made of
    int stepsPerGeneration = 1;
    std::size_t firstMicroBatch = 0; ///< of the update
};

Batching batchingOf(const LossCase& item, std::size_t rows) {
    if (!item.training)
        return {.rows = rows};
    const json& b = item.inputs.at("batching");
    return {b.at("per_device_train_batch_size").get<std::size_t>(),
            b.at("current_gradient_accumulation_steps").get<int>(),
            b.at("steps_per_generation").get<int>(),
            b.at("micro_batches").front().get<std::size_t>()};
}

/// Tokens of the model's own in each row: all of them but those of a tool.
std::vector<std::int64_t> ownTokens(const LossCase& item) {
    auto lengths = item.inputs.at("completion_lengths").get<std::vector<std::int64_t>>();
    const auto holes = item.tensor("tool_mask");
    if (holes.defined())
        for (std::size_t row = 0; row < lengths.size(); ++row)
            lengths[row] = static_cast<std::int64_t>(holes[static_cast<std::int64_t>(row)]
                                                         .slice(0, 0, lengths[row])
                                                         .sum()
                                                         .item<double>());
    return lengths;
}

ScoredGroups trlGroups(const LossCase& item, const TrainConfig& config) {
    const auto perGroup = item.inputs.at("num_generations").get<std::size_t>();
    const auto truncated = item.inputs.at("truncated").get<std::vector<bool>>();
    const auto tokens = ownTokens(item);
    const json& rewards = item.inputs.at("rewards_per_func");
    ScoredGroups scored;
    for (std::size_t row = 0; row < rewards.size(); ++row) {
        if (row % perGroup == 0)
            scored.groups.emplace_back();
        Answer& answer = scored.groups.back().answers.emplace_back();
        answer.tokenIds.resize(static_cast<std::size_t>(tokens[row]));
        answer.finished = !truncated[row];
        bool any = false;
        for (std::size_t k = 0; k < config.rewards.size(); ++k) {
            const double value = numberOf(rewards.at(row).at(k));
            answer.rewardParts.emplace_back(config.rewards[k].name, value);
            any = any || !std::isnan(value);
            answer.reward += std::isnan(value) ? 0 : config.rewards[k].weight * value;
        }
        if (!any)
            answer.reward = std::numeric_limits<double>::quiet_NaN();
    }
    return scored;
}

/// Where the rows of TRL's micro-batches are, which may end within a group or hold only some of an
/// update. Where neither is so, the trainer's own plan must be the same.
UpdatePlan planOf(const std::vector<Group>& groups, const Batching& batching,
                  const TrainConfig& config) {
    const auto perGroup = groups.front().answers.size();
    const auto count = groups.size() * perGroup / batching.rows;
    if (batching.rows % perGroup == 0 &&
        count == static_cast<std::size_t>(batching.stepsPerGeneration) &&
        batching.stepsPerGeneration % batching.accumulation == 0)
        return planUpdates(groups, config);
    UpdatePlan plan;
    plan.microBatchesPerUpdate = batching.accumulation;
    plan.microBatchesOfUpdate = batching.accumulation;
    plan.updatesPerGeneration = static_cast<double>(batching.stepsPerGeneration) /
                                static_cast<double>(batching.accumulation);
    plan.updates = std::max(1, static_cast<int>(plan.updatesPerGeneration));
    std::size_t row = 0;
    for (const auto& group : groups) {
        auto& places = plan.microBatches.emplace_back();
        for (std::size_t i = 0; i < group.answers.size(); ++i, ++row) {
            const auto microBatch = row / batching.rows;
            places.push_back({static_cast<int>(microBatch) / batching.accumulation,
                              static_cast<std::int64_t>(microBatch)});
        }
    }
    return plan;
}

/// Rows `first` to `last` of a step whose groups are equally large, still without scores.
Rollout rowsAsRollout(const std::vector<Group>& groups, const std::vector<std::int64_t>& lengths,
                      std::size_t first, std::size_t last) {
    const auto perGroup = groups.front().answers.size();
    Rollout rollout;
    const auto width = std::ranges::max(lengths);
    const auto rows = static_cast<std::int64_t>(last - first);
    rollout.answers.ids = torch::zeros({rows, width}, torch::kInt64);
    rollout.sampledLogProbs = torch::zeros({rows, width});
    rollout.samples = last - first;
    for (auto row = first; row < last; ++row) {
        rollout.rows.push_back({row / perGroup, row % perGroup});
        rollout.answers.lengths.push_back(lengths[row]);
        rollout.answers.promptOf.push_back(static_cast<std::int64_t>(row / perGroup));
        rollout.finished.push_back(groups[row / perGroup].answers[row % perGroup].finished);
    }
    return rollout;
}

TrainerStep weighed(TrainConfig config, ScoredGroups scored, std::vector<Rollout> rollouts,
                    UpdatePlan plan) {
    TrainerStep step{std::move(config), {std::move(rollouts)}, std::move(plan), {}, 0};
    step.weighed = weighStep(std::move(scored), step.rollouts, step.plan, step.config, 1);
    return step;
}

/// A step of one micro-batch: TRL's trainers are left out of it.
TrainerStep oneBatch(TrainConfig config, ScoredGroups scored,
                     const std::vector<std::int64_t>& lengths, const torch::Tensor& offPolicy) {
    auto rollout = rowsAsRollout(scored.groups, lengths, 0, lengths.size());
    rollout.offPolicy = offPolicy;
    auto plan = planUpdates(scored.groups, config);
    return weighed(std::move(config), std::move(scored), {std::move(rollout)}, std::move(plan));
}

TrainConfig formulaConfig(const LossCase& item) {
    auto config = commonConfig(item);
    setOption(config, "kl_estimator", item.text("kl_estimator", "k3"));
    setOption(config, "advantage_std", item.text("std_kind"));
    config.advantage.eps = item.number("std_epsilon");
    config.advantage.floor = item.number("std_floor");
    config.advantage.zeroStdReplacement = item.number("zero_std_replacement");
    setOption(config, "advantage_baseline", item.text("advantage_baseline"));
    setOption(config, "off_policy_shaping", item.text("off_policy_shaping", "none"));
    config.loss.clipOnPolicy = item.flag("clip_on_policy");
    config.loss.shapingGamma = item.number("shaping_gamma");
    config.loss.offPolicyKl = item.flag("off_policy_kl");
    config.mixed.inNormaliser = item.flag("off_policy_in_normaliser");
    config.mixed.sftCoef = item.number("sft_coef");
    return config;
}

} // namespace

torch::Tensor TrainerStep::rowsOf(const torch::Tensor& all, std::size_t batch) const {
    if (!all.defined())
        return all;
    std::int64_t first = 0;
    for (std::size_t i = 0; i < batch; ++i)
        first += static_cast<std::int64_t>(batches()[i].rows.size());
    return all.slice(0, first, first + static_cast<std::int64_t>(batches()[batch].rows.size()));
}

torch::Tensor TrainerStep::advantages() const {
    std::vector<double> values;
    for (const auto& group : weighed.groups)
        for (const auto& answer : group.answers)
            values.push_back(answer.advantage);
    return torch::tensor(values, torch::kDouble);
}

TrainerStep trlStep(const LossCase& item) {
    auto config = commonConfig(item);
    takePolicy(item, config);
    takeSampler(item, config);
    takeRewards(item, config);
    takeEntropy(item, config);
    config.temperature = item.number("temperature", 1);
    config.maskTruncatedCompletions = item.flag("mask_truncated_completions");
    const auto lengths = item.inputs.at("completion_lengths").get<std::vector<std::int64_t>>();
    const auto batching = batchingOf(item, lengths.size());
    config.gradientAccumulationSteps = batching.accumulation;
    config.stepsPerGeneration = batching.stepsPerGeneration;
    auto scored = trlGroups(item, config);
    auto plan = planOf(scored.groups, batching, config);
    const auto sampler = item.tensor("sampling_per_token_logps");
    std::vector<Rollout> rollouts;
    for (std::size_t first = 0; first < lengths.size(); first += batching.rows) {
        auto rollout = rowsAsRollout(scored.groups, lengths, first, first + batching.rows);
        const auto& [group, answer] = rollout.rows.front();
        rollout.batch.update = plan.microBatches[group][answer].update;
        if (sampler.defined())
            rollout.samplerLogProbs =
                sampler.slice(0, static_cast<std::int64_t>(first),
                              static_cast<std::int64_t>(first + batching.rows));
        rollouts.push_back(std::move(rollout));
    }
    auto step = weighed(std::move(config), std::move(scored), std::move(rollouts), std::move(plan));
    step.update = step.batches().at(batching.firstMicroBatch).batch.update;
    // The rows of a tool's tokens are whole to the trainer, which has no tools.
    if (const auto holes = item.tensor("tool_mask"); holes.defined())
        for (std::size_t i = 0; i < step.batches().size(); ++i) {
            auto& mask = step.weighed.batches.front()[i].mask;
            mask = mask.logical_and(step.rowsOf(holes, i).gt(0));
        }
    return step;
}

TrainerStep mixedStep(const LossCase& item, std::string_view objective) {
    auto config = formulaConfig(item);
    setOption(config, "objective", objective);
    const auto rewards = item.inputs.at("rewards").get<std::vector<double>>();
    const auto references = item.inputs.at("off_policy").get<std::vector<bool>>();
    const auto perGroup = item.inputs.at("num_generations").get<std::size_t>();
    const auto lengths = item.inputs.at("completion_lengths").get<std::vector<std::int64_t>>();
    ScoredGroups scored;
    for (std::size_t row = 0; row < rewards.size(); ++row) {
        if (row % perGroup == 0)
            scored.groups.emplace_back();
        Answer& answer = scored.groups.back().answers.emplace_back();
        answer.reward = rewards[row];
        answer.tokenIds.resize(static_cast<std::size_t>(lengths.at(row)));
        answer.origin = references.at(row) ? AnswerOrigin::Reference : AnswerOrigin::Policy;
    }
    return oneBatch(std::move(config), std::move(scored), lengths,
                    tensorOf(item.inputs.at("off_policy"), torch::kDouble).gt(0));
}

TrainerStep leafStep(const LossCase& item) {
    auto config = formulaConfig(item);
    setOption(config, "credit", "leaf");
    setOption(config, "leaf_advantage_terms", item.text("advantage_terms"));
    setOption(config, "leaf_zscore_scope", item.text("zscore_scope", "none"));
    config.leaf.numForks = static_cast<int>(item.number("num_forks"));
    config.leaf.minPrefixTokens = static_cast<int>(item.number("min_prefix_tokens"));
    ScoredGroups scored;
    std::vector<std::int64_t> lengths;
    for (const json& prompt : item.inputs.at("prompts")) {
        Group& group = scored.groups.emplace_back();
        const json& ids = prompt.at("completion_ids");
        for (std::size_t i = 0; i < ids.size(); ++i) {
            Answer& answer = group.answers.emplace_back();
            answer.tokenIds = ids.at(i).get<std::vector<std::int64_t>>();
            for (const json& surprisal : prompt.at("surprisals").at(i))
                answer.logProbs.push_back(-surprisal.get<float>());
            answer.reward = prompt.at("rewards").at(i).get<double>();
            lengths.push_back(static_cast<std::int64_t>(answer.tokenIds.size()));
        }
    }
    const auto rows = static_cast<std::int64_t>(lengths.size());
    return oneBatch(std::move(config), std::move(scored), lengths,
                    torch::zeros({rows}, torch::kBool));
}

} // namespace viva::losses
