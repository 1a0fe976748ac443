// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/metrics.h"

#include "core/group/group_stats.h"
#include "core/rl/sampler_correction.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

namespace viva {
namespace {

double meanOver(double sum, double count) {
    return sum / std::max(count, 1.0);
}

void append(Metrics& metrics, Metrics more) {
    metrics.insert(metrics.end(), std::make_move_iterator(more.begin()),
                   std::make_move_iterator(more.end()));
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

/// Sums over the last inner update: micro-batches of each worker first, then the workers.
struct LossTotals {
    GrpoLossSums sums;
    double loss = 0;
};

LossTotals totalsOf(const PolicyUpdate& update) {
    LossTotals totals;
    for (const auto& worker : update.batches) {
        LossTotals own;
        for (const auto& batch : worker) {
            own.sums += batch.sums;
            own.loss += batch.loss;
        }
        totals.sums += own.sums;
        totals.loss += own.loss;
    }
    return totals;
}

void addLoss(const LossTotals& totals, bool hasReference, const TrainConfig& config,
             Metrics& metrics) {
    const double updates = config.updatesPerGeneration();
    metrics.emplace_back("loss", totals.loss / updates);
    metrics.emplace_back("policy_loss", totals.sums.policyLoss / updates);
    if (hasReference)
        metrics.emplace_back("kl", klMetric(totals.sums));
    for (auto& [name, value] : clipMetrics(totals.sums, config.loss.lossType))
        metrics.emplace_back(std::move(name), std::isnan(value) ? 0 : value);
}

/// Samples and references apart, where references take part.
/// @source LUFFY's on_reward, off_reward and so on
void addMixed(const WeighedStep& step, const GrpoLossSums& sums, const TrainConfig& config,
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
    const bool imitated = config.objective == Objective::RlSft;
    metrics.emplace_back("on_reward", meanOf(on));
    metrics.emplace_back("off_reward", meanOf(off));
    metrics.emplace_back("on_solved", meanOver(solved, static_cast<double>(step.groups.size())));
    append(metrics, mixedLossMetrics(sums, imitated));
    if (imitated)
        metrics.emplace_back("sft_coef", step.sftCoefficient);
}

void addZeroVariance(const FinishedStep& step, const TrainConfig& config, Metrics& metrics) {
    const auto choice = config.zeroVarianceGroups;
    if (choice == ZeroVarianceGroups::Skip)
        metrics.emplace_back("groups/skipped", step.weighed.skippedGroups);
    if (choice == ZeroVarianceGroups::Resample)
        metrics.emplace_back("groups/resampled", step.resampledGroups);
}

/// Calls `visit` with rollout, weights and update of every micro-batch.
template<typename Visit>
void eachBatch(const FinishedStep& step, const Visit& visit) {
    for (std::size_t worker = 0; worker < step.sampled.rollouts.size(); ++worker)
        for (std::size_t i = 0; i < step.sampled.rollouts[worker].size(); ++i)
            visit(step.sampled.rollouts[worker][i], step.weighed.batches[worker][i],
                  step.update.batches[worker][i]);
}

void addTokenMeans(const FinishedStep& step, const TrainConfig& config, Metrics& metrics) {
    TokenMeans means;
    eachBatch(step, [&](const Rollout& rollout, const WeighedBatch& weighed,
                        const UpdatedBatch& updated) {
        means.add(rollout, weighed.mask, updated.newLogProbs, updated.entropy);
    });
    metrics.emplace_back("entropy", means.entropy());
    metrics.emplace_back("kl_policy", means.klPolicy());
    if (!config.sampler.correction) {
        metrics.emplace_back("sampling/sampling_logp_difference/mean", means.meanDifference());
        metrics.emplace_back("sampling/sampling_logp_difference/max", means.largestDifference());
        return;
    }
    // Then the gap to the sampler's own distribution is charted.
    SamplerMeans sampler;
    eachBatch(step, [&](const Rollout& rollout, const WeighedBatch& weighed,
                        const UpdatedBatch& updated) {
        sampler.add(rollout, weighed.mask, updated.oldLogProbs, config.sampler);
    });
    append(metrics, sampler.metrics());
}

void addTimes(const StepTimes& times, Metrics& metrics) {
    WorkerTimes sum;
    for (const auto& worker : times.workers) {
        sum.prefill += worker.prefill;
        sum.generate += worker.generate;
        sum.reference += worker.reference;
        sum.update += worker.update;
    }
    const auto workers = static_cast<double>(times.workers.size());
    metrics.emplace_back("timing/prefill", sum.prefill / workers);
    metrics.emplace_back("timing/generate", sum.generate / workers);
    metrics.emplace_back("timing/reward", times.reward);
    metrics.emplace_back("timing/reference", sum.reference / workers);
    metrics.emplace_back("timing/update", sum.update / workers);
    metrics.emplace_back("timing/optimizer", times.optimizer);
}

} // namespace

Metrics rewardMetrics(std::span<const Group> groups) {
    std::vector<std::vector<double>> rewards;
    std::map<std::string, std::vector<double>> parts;
    for (const auto& group : groups) {
        auto& row = rewards.emplace_back();
        for (const auto& answer : group.answers) {
            if (isReference(answer))
                continue; // it has curves of its own
            if (!std::isnan(answer.reward))
                row.push_back(answer.reward);
            for (const auto& [name, value] : answer.rewardParts)
                if (auto& values = parts[name]; !std::isnan(value))
                    values.push_back(value);
        }
    }
    const auto stats = stepRewardStats(rewards);
    Metrics metrics{{"reward", stats.mean},
                    {"reward_std", stats.deviation},
                    {"reward_best", stats.bestMean},
                    {"reward_worst", stats.worstMean},
                    {"frac_reward_zero_std", stats.fracZeroVariance}};
    for (const auto& [name, values] : parts) {
        metrics.emplace_back("rewards/" + name + "/mean", meanOf(values));
        metrics.emplace_back("rewards/" + name + "/std",
                             deviationOf(values, DeviationKind::Sample));
    }
    metrics.emplace_back("group_mix/low", stats.mixLow);
    metrics.emplace_back("group_mix/mixed", stats.mixMixed);
    metrics.emplace_back("group_mix/high", stats.mixHigh);
    return metrics;
}

Metrics lengthMetrics(std::span<const Group> groups) {
    LengthStats all;
    LengthStats terminated;
    for (const auto& group : groups)
        for (const auto& answer : group.answers) {
            if (isReference(answer))
                continue;
            const auto length = static_cast<double>(answer.tokenIds.size());
            all.add(length);
            if (answer.finished)
                terminated.add(length);
        }
    Metrics metrics;
    all.report("length", metrics);
    terminated.report("terminated_length", metrics);
    metrics.emplace_back("completions/clipped_ratio",
                         all.count > 0 ? 1 - terminated.count / all.count : 0);
    return metrics;
}

Metrics clipMetrics(const GrpoLossSums& sums, LossType type) {
    const double count = std::max(sums.clipCount, 1.0);
    if (type == LossType::Cispo)
        return {{"cispo_clip_ratio", sums.highClipped / count}};
    if (type == LossType::Vespo)
        return {{"vespo/phi_seq_mean", sums.vespoWeight / std::max(sums.rows, 1.0)}};
    if (type == LossType::Sapo)
        return {}; // nothing is clipped
    const double missing = std::numeric_limits<double>::quiet_NaN();
    const bool any = sums.clipRows > 0;
    return {{"clip_ratio/low_mean", sums.lowClipped / count},
            {"clip_ratio/low_min", any ? sums.lowShareMin : missing},
            {"clip_ratio/high_mean", sums.highClipped / count},
            {"clip_ratio/high_max", any ? sums.highShareMax : missing},
            {"clip_ratio/region_mean", (sums.lowClipped + sums.highClipped) / count}};
}

double klMetric(const GrpoLossSums& sums) {
    return meanOver(sums.kl, sums.klTokens);
}

Metrics mixedLossMetrics(const GrpoLossSums& sums, bool imitated) {
    Metrics metrics{{"on_pg_loss", meanOver(sums.on.policyLoss, sums.on.tokens)},
                    {"on_ratio_mean", meanOver(sums.on.ratio, sums.on.tokens)},
                    {"on_policy_prob", meanOver(sums.on.probability, sums.on.tokens)},
                    {"off_policy_prob", meanOver(sums.off.probability, sums.off.tokens)}};
    if (imitated) {
        metrics.emplace_back("sft_loss", meanOver(sums.sftLoss, sums.off.tokens));
        return metrics;
    }
    metrics.emplace_back("off_pg_loss", meanOver(sums.off.policyLoss, sums.off.tokens));
    metrics.emplace_back("off_ratio_mean", meanOver(sums.off.ratio, sums.off.tokens));
    return metrics;
}

void TokenMeans::add(const Rollout& rollout, const torch::Tensor& maskTensor,
                     const torch::Tensor& newLogProbs, const torch::Tensor& entropy) {
    const auto mask = maskTensor.accessor<bool, 2>();
    const auto sampled = rollout.sampledLogProbs.accessor<float, 2>();
    const auto now = newLogProbs.accessor<float, 2>();
    const auto spread = entropy.accessor<float, 2>();
    for (std::int64_t row = 0; row < static_cast<std::int64_t>(rollout.samples); ++row)
        for (std::int64_t time = 0; time < mask.size(1); ++time) {
            if (!mask[row][time])
                continue;
            const double d = static_cast<double>(now[row][time]) - sampled[row][time];
            ++m_tokens;
            m_entropy += spread[row][time];
            m_difference += std::abs(d);
            m_largest = std::max(m_largest, std::abs(d));
            m_klPolicy += std::exp(d) - d - 1; // k3 seen from the sampling policy
        }
}

void SamplerMeans::add(const Rollout& rollout, const torch::Tensor& wholeMask,
                       const torch::Tensor& oldLogProbs, const SamplerCorrectionConfig& config) {
    const auto samples = static_cast<std::int64_t>(rollout.samples);
    if (samples == 0)
        return;
    const auto old = oldLogProbs.to(torch::kCPU).narrow(0, 0, samples);
    const auto sampler = rollout.samplerLogProbs.narrow(0, 0, samples);
    const auto mask = wholeMask.narrow(0, 0, samples);
    const auto ratio = samplerRatio(old, sampler, mask, config);
    const auto gap = (old - sampler).abs();
    m_ratios.push_back(ratio.sizes() == mask.sizes() ? ratio.masked_select(mask) : ratio.flatten());
    m_gaps.push_back(gap.masked_select(mask.logical_and(gap.isnan().logical_not())));
}

Metrics SamplerMeans::metrics() const {
    if (m_ratios.empty())
        return {};
    const auto ratio = torch::cat(m_ratios);
    const auto gap = torch::cat(m_gaps);
    if (ratio.numel() == 0 || gap.numel() == 0)
        return {};
    return {{"sampling/sampling_logp_difference/mean", gap.mean().item<double>()},
            {"sampling/sampling_logp_difference/max", gap.max().item<double>()},
            {"sampling/importance_sampling_ratio/min", ratio.min().item<double>()},
            {"sampling/importance_sampling_ratio/mean", ratio.mean().item<double>()},
            {"sampling/importance_sampling_ratio/max", ratio.max().item<double>()}};
}

Metrics grpoMetrics(const FinishedStep& step, const TrainConfig& config) {
    Metrics metrics;
    const auto totals = totalsOf(step.update);
    addLoss(totals, step.reference.has_value(), config, metrics);
    append(metrics, rewardMetrics(step.weighed.groups));
    addMixed(step.weighed, totals.sums, config, metrics);
    addZeroVariance(step, config, metrics);
    addTokenMeans(step, config, metrics);
    append(metrics, lengthMetrics(step.weighed.groups));
    metrics.emplace_back("grad_norm", step.update.gradNorm);
    if (config.loss.beta != 0)
        metrics.emplace_back("beta", config.loss.beta);
    addTimes(step.times, metrics);
    return metrics;
}

std::vector<Group> groupsWithLogProbs(FinishedStep step) {
    auto groups = std::move(step.weighed.groups);
    for (std::size_t worker = 0; worker < step.sampled.rollouts.size(); ++worker)
        for (std::size_t i = 0; i < step.sampled.rollouts[worker].size(); ++i) {
            const auto& rollout = step.sampled.rollouts[worker][i];
            const auto reference =
                step.reference ? (*step.reference)[worker][i].to(torch::kCPU) : torch::Tensor();
            for (std::size_t row = 0; row < rollout.rows.size(); ++row) {
                auto& answer = groups[rollout.rows[row].group].answers[rollout.rows[row].answer];
                const auto index = static_cast<std::int64_t>(row);
                const auto length = rollout.answers.lengths[row];
                answer.newLogProbs =
                    rowValues(step.update.batches[worker][i].newLogProbs, index, length);
                if (reference.defined())
                    answer.refLogProbs = rowValues(reference, index, length);
            }
        }
    return groups;
}

} // namespace viva
