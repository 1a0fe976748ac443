// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/weigh.h"

#include "core/group/group_stats.h"
#include "core/group/leaf.h"
#include "core/objective/group_advantages.h"
#include "core/rl/loss_weights.h"
#include "core/speech/collator.h"
#include "core/train/schedule.h"

#include <algorithm>

namespace viva {
namespace {

using TokenAdvantages = std::vector<std::vector<std::vector<double>>>; ///< [group][answer][token]

/// Token advantages of the samples; an answer's own is the mean over its tokens.
TokenAdvantages spanAdvantages(std::span<Group> groups, const TrainConfig& config) {
    std::vector<std::vector<LeafAnswer>> prompts;
    for (const auto& group : groups) {
        auto& answers = prompts.emplace_back();
        for (const auto& answer : group.answers)
            if (!isReference(answer)) {
                std::vector<double> surprisals;
                for (const float logProb : answer.logProbs)
                    surprisals.push_back(-static_cast<double>(logProb));
                answers.push_back({answer.tokenIds, std::move(surprisals), answer.reward});
            }
    }
    const auto results = leafAdvantages(prompts, config.leaf);
    TokenAdvantages tokens(groups.size());
    for (std::size_t g = 0; g < groups.size(); ++g)
        for (std::size_t i = 0; i < results[g].spans.size(); ++i) {
            auto& answer = groups[g].answers[i]; // samples come first
            auto& row = tokens[g].emplace_back(answer.tokenIds.size(), 0.0);
            for (const auto& span : results[g].spans[i])
                for (auto t = span.begin; t < span.end && t < static_cast<std::int64_t>(row.size());
                     ++t)
                    row[static_cast<std::size_t>(t)] = span.advantage;
            answer.advantage = meanOf(row);
        }
    return tokens;
}

bool isSkipped(const Group& group, const TrainConfig& config) {
    return config.zeroVarianceGroups == ZeroVarianceGroups::Skip && group.zeroVariance;
}

AnswerShare shareOf(const Group& group, const Answer& answer, const TrainConfig& config) {
    AnswerShare share;
    const bool imitated = config.objective == Objective::RlSft && isReference(answer);
    const bool skipped = isSkipped(group, config);
    const bool masked = config.maskTruncatedCompletions && !answer.finished;
    share.tokens =
        (skipped && !imitated) || masked ? 0 : static_cast<std::int64_t>(answer.tokenIds.size());
    share.counted = (!skipped || imitated) &&
                    (!isReference(answer) || (!imitated && config.mixed.inNormaliser));
    return share;
}

using Shares = std::vector<std::vector<AnswerShare>>; ///< [group][answer]

Shares sharesOf(std::span<const Group> groups, const UpdatePlan& plan, const TrainConfig& config) {
    Shares result;
    for (std::size_t g = 0; g < groups.size(); ++g) {
        auto& shares = result.emplace_back();
        for (std::size_t i = 0; i < groups[g].answers.size(); ++i) {
            shares.push_back(shareOf(groups[g], groups[g].answers[i], config));
            shares.back().microBatch = plan.microBatches[g][i].index;
        }
    }
    return result;
}

LossNormaliser normaliserOf(const Shares& all, const UpdatePlan& plan, const TrainConfig& config) {
    double tokens = 0;
    std::int64_t longest = 0;
    for (const auto& shares : all)
        for (const auto& share : shares) {
            tokens += share.counted ? static_cast<double>(share.tokens) : 0.0;
            longest = std::max(longest, share.tokens);
        }
    LossNormaliser normaliser{.type = config.loss.lossType,
                              .maxCompletionLength = config.maxCompletionLength,
                              .microBatches = plan.microBatchesOfUpdate,
                              .longestAnswer = longest};
    // A part of a generation divides by its share of the generation's tokens, not by its own.
    if (plan.updatesPerGeneration != 1)
        normaliser.tokens = std::max(tokens, 1.0) / plan.updatesPerGeneration;
    return normaliser;
}

/// w_i of every answer, [group][answer].
std::vector<std::vector<double>> weightsOf(const Shares& all, const UpdatePlan& plan,
                                           const TrainConfig& config) {
    const auto normaliser = normaliserOf(all, plan, config);
    std::vector<std::vector<double>> result;
    for (const auto& shares : all)
        result.emplace_back(shares.size());
    for (int update = 0; update < plan.updates; ++update) {
        std::vector<AnswerShare> answers;
        std::vector<double*> targets;
        for (std::size_t g = 0; g < all.size(); ++g)
            for (std::size_t i = 0; i < all[g].size(); ++i)
                if (plan.microBatches[g][i].update == update) {
                    answers.push_back(all[g][i]);
                    targets.push_back(&result[g][i]);
                }
        const auto weights = answerWeights(normaliser, answers);
        for (std::size_t i = 0; i < weights.size(); ++i)
            *targets[i] = weights[i];
    }
    return result;
}

/// Adds up the tokens of the loss: samples by micro-batch, references by update.
void countTokens(WeighedStep& step, const Shares& shares, const UpdatePlan& plan,
                 const TrainConfig& config) {
    const auto updates = static_cast<std::size_t>(plan.updates);
    step.tokens.assign(updates * static_cast<std::size_t>(plan.microBatchesPerUpdate), 0.0);
    step.sftTokenWeights.assign(updates, 0.0);
    for (std::size_t g = 0; g < step.groups.size(); ++g) {
        step.skippedGroups += isSkipped(step.groups[g], config) ? 1 : 0;
        for (std::size_t i = 0; i < step.groups[g].answers.size(); ++i) {
            const auto tokens = static_cast<double>(shares[g][i].tokens);
            const auto& microBatch = plan.microBatches[g][i];
            if (isReference(step.groups[g].answers[i]))
                step.sftTokenWeights[static_cast<std::size_t>(microBatch.update)] += tokens;
            else
                step.tokens[static_cast<std::size_t>(microBatch.index)] += tokens;
        }
    }
    for (auto& tokens : step.sftTokenWeights)
        tokens =
            config.objective == Objective::RlSft && tokens > 0 ? step.sftCoefficient / tokens : 0;
}

WeighedBatch batchOf(const Rollout& rollout, std::span<const Group> groups, const Shares& shares,
                     const std::vector<std::vector<double>>& weights,
                     const TokenAdvantages& tokenAdvantages) {
    WeighedBatch batch;
    std::vector<double> rowAdvantages;
    std::vector<double> rowWeights;
    std::vector<bool> keep;
    for (const auto& [group, answer] : rollout.rows) {
        const auto& share = shares[group][answer];
        rowAdvantages.push_back(groups[group].answers[answer].advantage);
        rowWeights.push_back(weights[group][answer]);
        keep.push_back(share.tokens > 0);
        batch.lossMicroBatch.push_back(static_cast<std::size_t>(share.microBatch));
    }
    const auto width = rollout.answers.ids.size(1);
    batch.weights = torch::tensor(rowWeights, torch::kDouble);
    batch.advantages = torch::tensor(rowAdvantages, torch::kDouble);
    batch.mask = answerMask(rollout.answers.lengths, width, keep);
    if (tokenAdvantages.empty())
        return batch;
    batch.advantages = torch::zeros(batch.mask.sizes(), torch::kDouble);
    for (std::size_t row = 0; row < rollout.rows.size(); ++row) {
        const auto& [group, answer] = rollout.rows[row];
        if (answer < tokenAdvantages[group].size())
            std::ranges::copy(tokenAdvantages[group][answer],
                              batch.advantages.data_ptr<double>() +
                                  static_cast<std::int64_t>(row) * width);
    }
    return batch;
}

} // namespace

UpdatePlan planUpdates(std::span<const Group> groups, const TrainConfig& config) {
    UpdatePlan plan;
    plan.updates = config.updatesPerGeneration();
    plan.updatesPerGeneration = plan.updates;
    plan.microBatchesPerUpdate = std::max(1, config.gradientAccumulationSteps);
    const auto updates = static_cast<std::size_t>(plan.updates);
    const auto microBatches = updates * static_cast<std::size_t>(plan.microBatchesPerUpdate);
    for (std::size_t g = 0; g < groups.size(); ++g)
        plan.microBatches.emplace_back(
            groups[g].answers.size(),
            LossMicroBatch{static_cast<int>(g * updates / groups.size()),
                           static_cast<std::int64_t>(g * microBatches / groups.size())});
    return plan;
}

WeighedStep weighStep(ScoredGroups scored, const PerMicroBatch<Rollout>& rollouts,
                      const UpdatePlan& plan, const TrainConfig& config, std::int64_t step) {
    WeighedStep result;
    result.groups = std::move(scored.groups);
    weighGroups(result.groups, config);
    TokenAdvantages tokenAdvantages;
    if (config.credit == Credit::Leaf)
        tokenAdvantages = spanAdvantages(result.groups, config);
    if (config.objective == Objective::RlSft)
        result.sftCoefficient = sftCoefficientAt(config.mixed, config.maxSteps, step);
    const auto shares = sharesOf(result.groups, plan, config);
    const auto weights = weightsOf(shares, plan, config);
    countTokens(result, shares, plan, config);
    for (const auto& worker : rollouts) {
        auto& batches = result.batches.emplace_back();
        for (const auto& rollout : worker) {
            batches.push_back(batchOf(rollout, result.groups, shares, weights, tokenAdvantages));
            if (config.objective == Objective::RlSft)
                batches.back().sftTokenWeight =
                    result.sftTokenWeights[static_cast<std::size_t>(rollout.batch.update)];
        }
    }
    return result;
}

bool anythingToLearn(const WeighedStep& step, const PerMicroBatch<Rollout>& rollouts, int update) {
    for (std::size_t worker = 0; worker < rollouts.size(); ++worker)
        for (std::size_t i = 0; i < rollouts[worker].size(); ++i)
            if (rollouts[worker][i].batch.update == update &&
                step.batches[worker][i].mask.any().item<bool>())
                return true;
    return false;
}

} // namespace viva
