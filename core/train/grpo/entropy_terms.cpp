// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/entropy_terms.h"

#include "core/rl/entropy.h"

#include <algorithm>

namespace viva {
namespace {

/// Calls `visit` with worker and micro-batch of the update.
template<typename Visit>
void eachBatch(const PerMicroBatch<Rollout>& rollouts, int update, const Visit& visit) {
    for (std::size_t worker = 0; worker < rollouts.size(); ++worker)
        for (std::size_t i = 0; i < rollouts[worker].size(); ++i)
            if (rollouts[worker][i].batch.update == update)
                visit(worker, i);
}

/// Fills the masks; `tokens` of the update's micro-batches become those that are kept.
void keepHighEntropy(UpdateEntropy& terms, std::vector<double>& tokens, const WeighedStep& step,
                     const PerMicroBatch<Rollout>& rollouts,
                     const PerMicroBatch<torch::Tensor>& entropies, const EntropyOptions& options) {
    const auto eachRow = [&](auto&& visit) {
        eachBatch(rollouts, options.update, [&](std::size_t worker, std::size_t i) {
            const auto& batch = step.batches[worker][i];
            const auto samples = sampleMask(rollouts[worker][i], batch.mask);
            for (std::size_t row = 0; row < batch.lossMicroBatch.size(); ++row) {
                const auto index = static_cast<std::int64_t>(row);
                visit(terms.batches[worker][i], index, batch.lossMicroBatch[row],
                      entropies[worker][i][index], samples[index]);
            }
        });
    };
    eachBatch(rollouts, options.update, [&](std::size_t worker, std::size_t i) {
        terms.batches[worker][i].mask = torch::zeros_like(step.batches[worker][i].mask);
    });
    std::vector<std::vector<torch::Tensor>> byMicroBatch(tokens.size());
    eachRow([&](EntropyTerms&, std::int64_t, std::size_t microBatch, const torch::Tensor& entropy,
                const torch::Tensor& mask) {
        byMicroBatch[microBatch].push_back(entropy.masked_select(mask));
    });
    std::vector<double> thresholds(tokens.size());
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (!byMicroBatch[i].empty()) {
            thresholds[i] = entropyThreshold(torch::cat(byMicroBatch[i]), options.quantile);
            tokens[i] = 0;
        }
    eachRow([&](EntropyTerms& batch, std::int64_t row, std::size_t microBatch,
                const torch::Tensor& entropy, const torch::Tensor& mask) {
        const auto kept = mask.logical_and(entropy.ge(thresholds[microBatch]));
        batch.mask[row].copy_(kept);
        tokens[microBatch] += kept.sum().item<double>();
    });
}

} // namespace

UpdateEntropy entropyTerms(const WeighedStep& step, const PerMicroBatch<Rollout>& rollouts,
                           const PerMicroBatch<torch::Tensor>& entropies,
                           const EntropyOptions& options) {
    UpdateEntropy terms;
    terms.coefficient = options.coefficient;
    for (const auto& worker : rollouts)
        terms.batches.emplace_back(worker.size());
    auto tokens = step.tokens;
    if (options.quantile < 1)
        keepHighEntropy(terms, tokens, step, rollouts, entropies, options);
    const auto perUpdate = tokens.size() / static_cast<std::size_t>(options.updates);
    for (std::size_t i = 0; i < perUpdate; ++i)
        terms.tokens += tokens[static_cast<std::size_t>(options.update) * perUpdate + i];
    if (!options.bonus)
        return terms;
    const double microBatches =
        static_cast<double>(tokens.size()) / static_cast<double>(options.updates);
    eachBatch(rollouts, options.update, [&](std::size_t worker, std::size_t i) {
        std::vector<double> weights;
        for (const auto microBatch : step.batches[worker][i].lossMicroBatch)
            weights.push_back(options.coefficient / std::max(tokens[microBatch], 1.0) /
                              microBatches);
        terms.batches[worker][i].weights = torch::tensor(weights, torch::kDouble);
    });
    return terms;
}

} // namespace viva
