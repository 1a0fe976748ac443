// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_metrics.h"

#include "core/group/group_stats.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace viva {
namespace {

using Metrics = std::vector<std::pair<std::string, double>>;

void addRewards(const GrpoStep& step, Metrics& metrics) {
    std::vector<std::vector<double>> rewards;
    std::map<std::string, std::vector<double>> parts;
    for (const auto& group : step.groups) {
        auto& row = rewards.emplace_back();
        for (const auto& answer : group.answers) {
            row.push_back(answer.reward);
            for (const auto& [name, value] : answer.rewardParts)
                parts[name].push_back(value);
        }
    }
    const auto stats = stepRewardStats(rewards);
    metrics.emplace_back("reward", stats.mean);
    metrics.emplace_back("reward_std", stats.deviation);
    metrics.emplace_back("reward_best", stats.bestMean);
    metrics.emplace_back("reward_worst", stats.worstMean);
    metrics.emplace_back("frac_reward_zero_std", stats.fracZeroVariance);
    for (const auto& [name, values] : parts) {
        metrics.emplace_back("rewards/" + name + "/mean", meanOf(values));
        metrics.emplace_back("rewards/" + name + "/std",
                             deviationOf(values, DeviationKind::Sample));
    }
    metrics.emplace_back("group_mix/low", stats.mixLow);
    metrics.emplace_back("group_mix/mixed", stats.mixMixed);
    metrics.emplace_back("group_mix/high", stats.mixHigh);
}

struct LengthStats {
    double sum = 0;
    double count = 0;
    double min = std::numeric_limits<double>::infinity();
    double max = 0;

    void add(double length) {
        sum += length;
        ++count;
        min = std::min(min, length);
        max = std::max(max, length);
    }
    void report(const std::string& suffix, Metrics& metrics) const {
        metrics.emplace_back("completions/mean_" + suffix, count > 0 ? sum / count : 0);
        metrics.emplace_back("completions/min_" + suffix, count > 0 ? min : 0);
        metrics.emplace_back("completions/max_" + suffix, max);
    }
};

void addLengths(const GrpoStep& step, Metrics& metrics) {
    LengthStats all;
    LengthStats terminated;
    for (const auto& group : step.groups)
        for (const auto& answer : group.answers) {
            const auto length = static_cast<double>(answer.tokenIds.size());
            all.add(length);
            if (answer.finished)
                terminated.add(length);
        }
    all.report("length", metrics);
    terminated.report("terminated_length", metrics);
    metrics.emplace_back("completions/clipped_ratio",
                         all.count > 0 ? 1 - terminated.count / all.count : 0);
}

void addLoss(const GrpoStep& step, Metrics& metrics) {
    GrpoLossSums sums;
    double loss = 0;
    bool hasReference = false;
    for (const auto& part : step.workers) {
        sums += part.sums;
        loss += part.loss;
        for (const auto& micro : part.microBatches)
            hasReference = hasReference || micro.refLogProbs.defined();
    }
    const double tokens = std::max(sums.tokens, 1.0);
    metrics.emplace_back("loss", loss);
    metrics.emplace_back("policy_loss", sums.policyLoss);
    if (hasReference)
        metrics.emplace_back("kl", sums.kl / tokens);
    metrics.emplace_back("clip_ratio/low_mean", sums.lowClipped / tokens);
    metrics.emplace_back("clip_ratio/low_min", sums.tokens > 0 ? sums.lowShareMin : 0);
    metrics.emplace_back("clip_ratio/high_mean", sums.highClipped / tokens);
    metrics.emplace_back("clip_ratio/high_max", sums.highShareMax);
    metrics.emplace_back("clip_ratio/region_mean", (sums.lowClipped + sums.highClipped) / tokens);
}

/// Entropy, and how far sampler and policy are apart, over the tokens that count.
void addTokenMeans(const GrpoStep& step, Metrics& metrics) {
    double tokens = 0;
    double entropy = 0;
    double difference = 0;
    double largest = 0;
    double klPolicy = 0;
    for (const auto& part : step.workers)
        for (const auto& micro : part.microBatches) {
            const auto mask = micro.mask.accessor<bool, 2>();
            const auto sampled = micro.sampledLogProbs.accessor<float, 2>();
            const auto now = micro.newLogProbs.accessor<float, 2>();
            const auto spread = micro.entropy.accessor<float, 2>();
            for (std::int64_t row = 0; row < mask.size(0); ++row)
                for (std::int64_t time = 0; time < mask.size(1) && mask[row][time]; ++time) {
                    const double d = static_cast<double>(now[row][time]) - sampled[row][time];
                    ++tokens;
                    entropy += spread[row][time];
                    difference += std::abs(d);
                    largest = std::max(largest, std::abs(d));
                    klPolicy += std::exp(d) - d - 1; // k3 seen from the sampling policy
                }
        }
    tokens = std::max(tokens, 1.0);
    metrics.emplace_back("entropy", entropy / tokens);
    metrics.emplace_back("kl_policy", klPolicy / tokens);
    metrics.emplace_back("sampling/sampling_logp_difference/mean", difference / tokens);
    metrics.emplace_back("sampling/sampling_logp_difference/max", largest);
}

void addTimes(const GrpoStep& step, Metrics& metrics) {
    GrpoTimes sum;
    for (const auto& part : step.workers) {
        sum.prefill += part.times.prefill;
        sum.generate += part.times.generate;
        sum.reward += part.times.reward;
        sum.reference += part.times.reference;
        sum.update += part.times.update;
    }
    const auto workers = static_cast<double>(step.workers.size());
    metrics.emplace_back("timing/prefill", sum.prefill / workers);
    metrics.emplace_back("timing/generate", sum.generate / workers);
    metrics.emplace_back("timing/reward", sum.reward / workers);
    metrics.emplace_back("timing/reference", sum.reference / workers);
    metrics.emplace_back("timing/update", sum.update / workers);
    metrics.emplace_back("timing/optimizer", step.optimizerSec);
}

} // namespace

void fillTokenLogProbs(GrpoStep& step) {
    for (const auto& part : step.workers)
        for (const auto& micro : part.microBatches) {
            const auto members = micro.answers.lengths.size() / micro.prompts.size();
            const auto reference =
                micro.refLogProbs.defined() ? micro.refLogProbs.to(torch::kCPU) : torch::Tensor();
            for (std::size_t row = 0; row < micro.answers.lengths.size(); ++row) {
                auto& answer =
                    step.groups[micro.prompts.first + row / members].answers[row % members];
                const auto index = static_cast<std::int64_t>(row);
                answer.newLogProbs =
                    rowValues(micro.newLogProbs, index, micro.answers.lengths[row]);
                if (reference.defined())
                    answer.refLogProbs = rowValues(reference, index, micro.answers.lengths[row]);
            }
        }
}

Metrics grpoMetrics(const GrpoStep& step, const TrainConfig& config) {
    Metrics metrics;
    addLoss(step, metrics);
    addRewards(step, metrics);
    addTokenMeans(step, metrics);
    addLengths(step, metrics);
    metrics.emplace_back("grad_norm", step.gradNorm);
    if (config.beta != 0)
        metrics.emplace_back("beta", config.beta);
    addTimes(step, metrics);
    return metrics;
}

} // namespace viva
