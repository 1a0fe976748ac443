// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/train_config.h"

#include "core/base/error.h"
#include "core/config/objective_check.h"
#include "core/config/option_info.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>

namespace viva {
namespace {

class Checker {
public:
    explicit Checker(const TrainConfig& config) : m_config(config), m_json(toJson(config)) {}

    std::vector<ConfigProblem> run() {
        ranges();
        group();
        lists();
        schedule();
        sampling();
        for (ConfigProblem& problem : checkObjective(m_config))
            m_problems.push_back(std::move(problem));
        return std::move(m_problems);
    }

private:
    void fatal(std::string key, std::string message) {
        m_problems.push_back({std::move(key), std::move(message), true});
    }
    void warn(std::string key, std::string message) {
        m_problems.push_back({std::move(key), std::move(message), false});
    }

    /// Every number against the range in the table of options.
    void ranges() {
        for (const OptionInfo& option : trainOptions()) {
            if (option.kind != OptionKind::Integer && option.kind != OptionKind::Real)
                continue;
            std::string path = "/" + std::string(option.key);
            std::replace(path.begin(), path.end(), '.', '/');
            const double value = m_json.at(nlohmann::json::json_pointer(path)).get<double>();
            // The group has a sentence of its own.
            if (option.key == "num_generations" && value == 1)
                continue;
            if (!std::isfinite(value) || value < option.minimum || value > option.maximum)
                fatal(std::string(option.key),
                      fmt::format("{} is {}: it must lie between {} and {}", option.key, value,
                                  option.minimum, option.maximum));
        }
    }

    void group() {
        const TrainConfig& c = m_config;
        if (!c.samples())
            return;
        if (c.numGenerations == 1)
            fatal("num_generations", "num_generations is 1: a group needs at least 2 answers to "
                                     "compare; use 8");
        if (c.rewards.empty())
            fatal("rewards", "rewards is empty: without a reward no answer is better than another; "
                             "add one, such as bleu");
        double sum = 0;
        for (const RewardSpec& reward : c.rewards) {
            if (!std::isfinite(reward.weight))
                fatal("rewards",
                      fmt::format("the weight of reward {} is not a number", reward.name));
            sum += std::abs(reward.weight);
        }
        if (!c.rewards.empty() && sum == 0)
            fatal("rewards", "all rewards have weight 0: give at least one a weight");
        if (c.gradientAccumulationSteps > 0 && c.promptsPerStep % c.gradientAccumulationSteps != 0)
            fatal("gradient_accumulation_steps",
                  fmt::format("prompts_per_step is {} and gradient_accumulation_steps {}: the "
                              "prompts must divide evenly; use {}",
                              c.promptsPerStep, c.gradientAccumulationSteps,
                              divisorBelow(c.promptsPerStep, c.gradientAccumulationSteps)));
        if (c.epsilonHigh > 0 && c.epsilonHigh < c.epsilon)
            warn("epsilon_high",
                 fmt::format("epsilon_high {} is below epsilon {}: rises are clipped "
                             "earlier than falls",
                             c.epsilonHigh, c.epsilon));
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
            fatal("lora.r", "lora.r is 0 and trainable is empty: nothing would be trained; use "
                            "lora.r 16, or name weights such as projector");
        if (c.lora.rank > 0 && c.lora.targets.empty())
            fatal("lora.target_modules", "lora.target_modules is empty: nothing would be trained; "
                                         "name at least one linear, such as q_proj");
        if (!c.trainable.empty() && c.spec.reference.sync)
            fatal("sync_ref_model", "sync_ref_model lets the adapter's reference follow and cannot "
                                    "follow whole weights; set it to false or empty trainable");
        if (c.data.manifest.empty())
            fatal("data.manifest",
                  "data.manifest is empty: name a manifest.jsonl, \"demo\", or \"project\"");
        if (c.model.empty())
            fatal("model", "model is empty: name a checkpoint folder, or \"demo\"");
        if (c.data.trainSplit.empty())
            fatal("data.train_split", "data.train_split is empty: name the split to train on");
        const auto& held = c.data.evalSplits;
        if (std::find(held.begin(), held.end(), c.data.trainSplit) != held.end())
            warn("data.eval_splits", fmt::format("split {} is trained on and evaluated: its scores "
                                                 "say nothing about unseen clips",
                                                 c.data.trainSplit));
    }

    void schedule() {
        const TrainConfig& c = m_config;
        if (c.warmupSteps > c.maxSteps)
            fatal("warmup_steps", fmt::format("warmup_steps is {} and max_steps {}: the learning "
                                              "rate would never be reached; use at most {}",
                                              c.warmupSteps, c.maxSteps, c.maxSteps));
        if (c.lora.rank > 0 && c.lora.alpha / static_cast<double>(c.lora.rank) > 16)
            warn("lora.alpha", fmt::format("lora.alpha / lora.r is {}: updates are scaled up "
                                           "strongly; 1 to 2 is usual",
                                           c.lora.alpha / static_cast<double>(c.lora.rank)));
    }

    void sampling() {
        const TrainConfig& c = m_config;
        if (c.samples() && !c.spec.sampler.correction && (c.topP < 1 || c.topK > 0 || c.minP > 0))
            warn("top_p",
                 "answers are sampled from a cut distribution, but the loss uses the whole "
                 "one: the ratio is only nearly right; top_p 1, top_k 0 and min_p 0 are exact, and "
                 "importance_sampling_correction corrects the rest");
    }

    const TrainConfig& m_config;
    nlohmann::json m_json;
    std::vector<ConfigProblem> m_problems;
};

} // namespace

std::vector<std::string> rewardLabels(const std::vector<RewardSpec>& rewards) {
    std::vector<std::string> labels;
    std::map<std::string, int> seen;
    for (const RewardSpec& reward : rewards) {
        const int count = ++seen[reward.name];
        labels.push_back(count == 1 ? reward.name : fmt::format("{}#{}", reward.name, count));
    }
    return labels;
}

TrainConfig TrainConfig::demo() {
    TrainConfig config;
    config.maxCompletionLength = 32;
    config.learningRate = 2e-3;
    config.warmupSteps = 5;
    config.adamBeta2 = 0.95;
    return config;
}

int TrainConfig::updatesPerGeneration() const {
    const int perGeneration = spec.policy.stepsPerGeneration;
    return perGeneration > 0 ? std::max(1, perGeneration / std::max(1, gradientAccumulationSteps))
                             : 1;
}

GenerationConfig TrainConfig::generation() const {
    GenerationConfig out;
    out.temperature = temperature;
    out.topP = topP;
    out.topK = topK;
    out.minP = minP;
    out.maxCompletionLength = maxCompletionLength;
    return out;
}

std::vector<ConfigProblem> validate(const TrainConfig& config) {
    return Checker(config).run();
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
