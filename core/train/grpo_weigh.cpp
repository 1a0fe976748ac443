// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_weigh.h"

#include "core/group/group_stats.h"
#include "core/group/leaf.h"
#include "core/objective/group_advantages.h"
#include "core/speech/collator.h"

#include <algorithm>

namespace viva {
namespace {

/// Token advantages by group and answer; an answer's own is the mean over its tokens.
std::vector<std::vector<std::vector<double>>> spanAdvantages(GrpoStep& step,
                                                             const TrainConfig& config) {
    std::vector<std::vector<LeafAnswer>> prompts;
    for (const auto& group : step.groups) {
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
    std::vector<std::vector<std::vector<double>>> tokens(step.groups.size());
    for (std::size_t g = 0; g < step.groups.size(); ++g)
        for (std::size_t i = 0; i < results[g].spans.size(); ++i) {
            auto& answer = step.groups[g].answers[i]; // samples come first
            auto& row = tokens[g].emplace_back(answer.tokenIds.size(), 0.0);
            for (const auto& span : results[g].spans[i])
                for (auto t = span.begin; t < span.end && t < static_cast<std::int64_t>(row.size());
                     ++t)
                    row[static_cast<std::size_t>(t)] = span.advantage;
            answer.advantage = meanOf(row);
        }
    return tokens;
}

/// One share an answer, [group][answer], and where it is cut.
struct StepShares {
    std::vector<std::vector<AnswerShare>> shares;
    std::vector<std::vector<double>> weights;
    std::vector<int> updateOf; ///< per group
};

AnswerShare shareOf(const Group& group, const Answer& answer, const TrainConfig& config) {
    AnswerShare share;
    const bool imitated = config.objective == Objective::RlSft && isReference(answer);
    const bool skipped =
        config.zeroVarianceGroups == ZeroVarianceGroups::Skip && group.zeroVariance;
    const bool cut = config.maskTruncatedCompletions && !answer.finished;
    share.tokens =
        (skipped && !imitated) || cut ? 0 : static_cast<std::int64_t>(answer.tokenIds.size());
    share.counted = (!skipped || imitated) &&
                    (!isReference(answer) || (!imitated && config.mixed.inNormaliser));
    return share;
}

StepShares shareOut(const GrpoStep& step, const TrainConfig& config) {
    StepShares result;
    const auto prompts = step.groups.size();
    const auto updates = static_cast<std::size_t>(config.updatesPerGeneration());
    const auto cuts = static_cast<std::size_t>(std::max(1, config.gradientAccumulationSteps));
    for (std::size_t g = 0; g < prompts; ++g) {
        result.updateOf.push_back(static_cast<int>(g * updates / prompts));
        auto& shares = result.shares.emplace_back();
        for (const auto& answer : step.groups[g].answers) {
            shares.push_back(shareOf(step.groups[g], answer, config));
            shares.back().microBatch = static_cast<std::int64_t>(g * cuts * updates / prompts);
        }
    }
    return result;
}

void weighAnswers(StepShares& all, const TrainConfig& config) {
    const auto updates = config.updatesPerGeneration();
    double tokens = 0;
    std::int64_t longest = 0;
    for (const auto& shares : all.shares)
        for (const auto& share : shares) {
            tokens += share.counted ? static_cast<double>(share.tokens) : 0.0;
            longest = std::max(longest, share.tokens);
        }
    LossNormaliser normaliser{.type = config.loss.lossType,
                              .maxCompletionLength = config.maxCompletionLength,
                              .longestAnswer = longest};
    // A part of a generation divides by its share of the generation's tokens, not by its own.
    if (updates > 1)
        normaliser.tokens = std::max(tokens, 1.0) / updates;
    all.weights.resize(all.shares.size());
    for (int update = 0; update < updates; ++update) {
        std::vector<AnswerShare> answers;
        for (std::size_t g = 0; g < all.shares.size(); ++g)
            if (all.updateOf[g] == update)
                answers.insert(answers.end(), all.shares[g].begin(), all.shares[g].end());
        const auto weights = answerWeights(normaliser, answers);
        std::size_t next = 0;
        for (std::size_t g = 0; g < all.shares.size(); ++g)
            if (all.updateOf[g] == update)
                for (std::size_t i = 0; i < all.shares[g].size(); ++i)
                    all.weights[g].push_back(weights[next++]);
    }
}

void fillMicroBatch(GrpoMicroBatch& micro, const GrpoStep& step, const StepShares& all,
                    const std::vector<std::vector<std::vector<double>>>& tokenAdvantages) {
    std::vector<double> advantages;
    std::vector<double> weights;
    std::vector<bool> keep;
    micro.cutOf.clear();
    for (const auto& place : micro.places) {
        const auto& share = all.shares[place.group][place.answer];
        advantages.push_back(step.groups[place.group].answers[place.answer].advantage);
        weights.push_back(all.weights[place.group][place.answer]);
        keep.push_back(share.tokens > 0);
        micro.cutOf.push_back(static_cast<std::size_t>(share.microBatch));
    }
    const auto width = micro.answers.ids.size(1);
    micro.weights = torch::tensor(weights, torch::kDouble);
    micro.advantages = torch::tensor(advantages, torch::kDouble);
    micro.mask = answerMask(micro.answers.lengths, width, keep);
    if (tokenAdvantages.empty())
        return;
    auto byToken = torch::zeros(micro.mask.sizes(), torch::kDouble);
    for (std::size_t row = 0; row < micro.places.size(); ++row) {
        const auto& [group, answer] = micro.places[row];
        if (answer < tokenAdvantages[group].size())
            std::ranges::copy(tokenAdvantages[group][answer],
                              byToken.data_ptr<double>() + static_cast<std::int64_t>(row) * width);
    }
    micro.advantages = byToken;
}

} // namespace

std::vector<double> weighStep(GrpoStep& step, const TrainConfig& config) {
    weighGroups(step.groups, config);
    std::vector<std::vector<std::vector<double>>> tokenAdvantages;
    if (config.credit == Credit::Leaf)
        tokenAdvantages = spanAdvantages(step, config);
    auto all = shareOut(step, config);
    weighAnswers(all, config);
    std::vector<double> referenceTokens(static_cast<std::size_t>(config.updatesPerGeneration()));
    step.keptTokens.assign(referenceTokens.size() * static_cast<std::size_t>(std::max(
                                                        1, config.gradientAccumulationSteps)),
                           0.0);
    for (std::size_t g = 0; g < step.groups.size(); ++g) {
        step.skippedGroups +=
            config.zeroVarianceGroups == ZeroVarianceGroups::Skip && step.groups[g].zeroVariance
                ? 1
                : 0;
        for (std::size_t i = 0; i < step.groups[g].answers.size(); ++i) {
            const auto tokens = static_cast<double>(all.shares[g][i].tokens);
            if (isReference(step.groups[g].answers[i]))
                referenceTokens[static_cast<std::size_t>(all.updateOf[g])] += tokens;
            else
                step.keptTokens[static_cast<std::size_t>(all.shares[g][i].microBatch)] += tokens;
        }
    }
    for (auto& part : step.workers)
        for (auto& micro : part.microBatches)
            fillMicroBatch(micro, step, all, tokenAdvantages);
    for (auto& tokens : referenceTokens)
        tokens =
            config.objective == Objective::RlSft && tokens > 0 ? step.sftCoefficient / tokens : 0;
    return referenceTokens;
}

bool anythingToLearn(const GrpoStep& step, int update) {
    for (const auto& part : step.workers)
        for (const auto& micro : part.microBatches)
            if (micro.update == update && micro.mask.any().item<bool>())
                return true;
    return false;
}

} // namespace viva
