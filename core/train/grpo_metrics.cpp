// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_metrics.h"

#include "core/group/group_stats.h"
#include "core/rl/sampler_correction.h"

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
            if (isReference(answer))
                continue; // it has curves of its own
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
            if (isReference(answer))
                continue;
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

/// Sums of all workers over the last inner update.
struct LossTotals {
    GrpoLossSums sums;
    double loss = 0;
    bool hasReference = false;
};

LossTotals totalsOf(const GrpoStep& step) {
    LossTotals totals;
    for (const auto& part : step.workers) {
        totals.sums += part.sums;
        totals.loss += part.loss;
        for (const auto& micro : part.microBatches)
            totals.hasReference = totals.hasReference || micro.refLogProbs.defined();
    }
    return totals;
}

void addClipping(const GrpoLossSums& sums, LossType lossType, Metrics& metrics) {
    const double count = std::max(sums.clipCount, 1.0);
    if (lossType == LossType::Cispo) {
        metrics.emplace_back("cispo_clip_ratio", sums.highClipped / count);
        return;
    }
    if (lossType == LossType::Vespo)
        metrics.emplace_back("vespo/phi_seq_mean", sums.vespoWeight / std::max(sums.rows, 1.0));
    if (lossType == LossType::Vespo || lossType == LossType::Sapo)
        return; // nothing is clipped
    const bool any = sums.clipRows > 0;
    metrics.emplace_back("clip_ratio/low_mean", sums.lowClipped / count);
    metrics.emplace_back("clip_ratio/low_min", any ? sums.lowShareMin : 0);
    metrics.emplace_back("clip_ratio/high_mean", sums.highClipped / count);
    metrics.emplace_back("clip_ratio/high_max", sums.highShareMax);
    metrics.emplace_back("clip_ratio/region_mean", (sums.lowClipped + sums.highClipped) / count);
}

void addLoss(const LossTotals& totals, const TrainConfig& config, Metrics& metrics) {
    const auto& sums = totals.sums;
    const double updates = config.updatesPerGeneration();
    metrics.emplace_back("loss", totals.loss / updates);
    metrics.emplace_back("policy_loss", sums.policyLoss / updates);
    if (totals.hasReference)
        metrics.emplace_back("kl", sums.kl / std::max(sums.klTokens, 1.0));
    addClipping(sums, config.loss.lossType, metrics);
}

/// Samples and references apart, where references take part.
/// @source LUFFY's on_pg_loss, off_pg_loss, on_reward, off_reward and so on
void addMixed(const GrpoStep& step, const GrpoLossSums& sums, const TrainConfig& config,
              Metrics& metrics) {
    if (config.referencesPerGroup() == 0)
        return;
    std::vector<double> on;
    std::vector<double> off;
    double solved = 0;
    for (const auto& group : step.groups) {
        double best = -std::numeric_limits<double>::infinity();
        double reference = std::numeric_limits<double>::infinity();
        for (const auto& answer : group.answers) {
            (isReference(answer) ? off : on).push_back(answer.reward);
            if (isReference(answer))
                reference = std::min(reference, answer.reward);
            else
                best = std::max(best, answer.reward);
        }
        solved += best >= reference ? 1 : 0;
    }
    const auto mean = [](double sum, double count) { return sum / std::max(count, 1.0); };
    metrics.emplace_back("on_reward", meanOf(on));
    metrics.emplace_back("off_reward", meanOf(off));
    metrics.emplace_back("on_solved", mean(solved, static_cast<double>(step.groups.size())));
    metrics.emplace_back("on_pg_loss", mean(sums.on.policyLoss, sums.on.tokens));
    metrics.emplace_back("on_ratio_mean", mean(sums.on.ratio, sums.on.tokens));
    metrics.emplace_back("on_policy_prob", mean(sums.on.probability, sums.on.tokens));
    metrics.emplace_back("off_policy_prob", mean(sums.off.probability, sums.off.tokens));
    if (config.objective == Objective::RlSft) {
        metrics.emplace_back("sft_loss", mean(sums.sftLoss, sums.off.tokens));
        metrics.emplace_back("sft_coef", step.sftCoefficient);
        return;
    }
    metrics.emplace_back("off_pg_loss", mean(sums.off.policyLoss, sums.off.tokens));
    metrics.emplace_back("off_ratio_mean", mean(sums.off.ratio, sums.off.tokens));
}

void addZeroVariance(const GrpoStep& step, const TrainConfig& config, Metrics& metrics) {
    const auto choice = config.zeroVarianceGroups;
    if (choice == ZeroVarianceGroups::Skip)
        metrics.emplace_back("groups/skipped", step.skippedGroups);
    if (choice == ZeroVarianceGroups::Resample)
        metrics.emplace_back("groups/resampled", step.resampledGroups);
}

/// Entropy, and how far sampler and policy are apart, over the tokens that count.
void addTokenMeans(const GrpoStep& step, const TrainConfig& config, Metrics& metrics) {
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
            for (std::int64_t row = 0; row < static_cast<std::int64_t>(micro.samples); ++row)
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
    if (config.sampler.correction)
        return; // then the gap to the sampler's own distribution is charted
    metrics.emplace_back("sampling/sampling_logp_difference/mean", difference / tokens);
    metrics.emplace_back("sampling/sampling_logp_difference/max", largest);
}

/// What the correction made of the samples: the ratios it multiplies by, and the log-probabilities
/// they come from. @source TRL 1.16.0, sampling/importance_sampling_ratio/*
void addSamplerRatios(const GrpoStep& step, const TrainConfig& config, Metrics& metrics) {
    if (!config.sampler.correction)
        return;
    std::vector<torch::Tensor> ratios;
    std::vector<torch::Tensor> gaps;
    for (const auto& part : step.workers)
        for (const auto& micro : part.microBatches) {
            const auto samples = static_cast<std::int64_t>(micro.samples);
            if (samples == 0)
                continue;
            const auto old = micro.oldLogProbs.to(torch::kCPU).narrow(0, 0, samples);
            const auto sampler = micro.samplerLogProbs.narrow(0, 0, samples);
            const auto mask = micro.mask.to(torch::kCPU).narrow(0, 0, samples);
            const auto ratio = samplerRatio(old, sampler, mask, config.sampler);
            ratios.push_back(ratio.sizes() == mask.sizes() ? ratio.masked_select(mask)
                                                           : ratio.flatten());
            gaps.push_back((old - sampler).abs().masked_select(mask));
        }
    if (ratios.empty())
        return;
    const auto ratio = torch::cat(ratios);
    const auto gap = torch::cat(gaps);
    if (ratio.numel() == 0 || gap.numel() == 0)
        return;
    metrics.emplace_back("sampling/sampling_logp_difference/mean", gap.mean().item<double>());
    metrics.emplace_back("sampling/sampling_logp_difference/max", gap.max().item<double>());
    metrics.emplace_back("sampling/importance_sampling_ratio/min", ratio.min().item<double>());
    metrics.emplace_back("sampling/importance_sampling_ratio/mean", ratio.mean().item<double>());
    metrics.emplace_back("sampling/importance_sampling_ratio/max", ratio.max().item<double>());
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
    metrics.emplace_back("timing/reward", sum.reward / workers + step.rewardSec);
    metrics.emplace_back("timing/reference", sum.reference / workers);
    metrics.emplace_back("timing/update", sum.update / workers);
    metrics.emplace_back("timing/optimizer", step.optimizerSec);
}

} // namespace

void fillTokenLogProbs(GrpoStep& step) {
    for (const auto& part : step.workers)
        for (const auto& micro : part.microBatches) {
            const auto reference =
                micro.refLogProbs.defined() ? micro.refLogProbs.to(torch::kCPU) : torch::Tensor();
            for (std::size_t row = 0; row < micro.places.size(); ++row) {
                auto& answer =
                    step.groups[micro.places[row].group].answers[micro.places[row].answer];
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
    const auto totals = totalsOf(step);
    addLoss(totals, config, metrics);
    addRewards(step, metrics);
    addMixed(step, totals.sums, config, metrics);
    addZeroVariance(step, config, metrics);
    addTokenMeans(step, config, metrics);
    addSamplerRatios(step, config, metrics);
    addLengths(step, metrics);
    metrics.emplace_back("grad_norm", step.gradNorm);
    if (config.loss.beta != 0)
        metrics.emplace_back("beta", config.loss.beta);
    addTimes(step, metrics);
    return metrics;
}

} // namespace viva
