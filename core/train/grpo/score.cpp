// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/score.h"

#include "core/objective/group_rewards.h"
#include "core/train/part_timer.h"

#include <algorithm>

namespace viva {
namespace {

/// Question and references of an example, still without answers.
Group groupOf(const TrainExample& example, std::int64_t step, std::size_t prompt) {
    Group group;
    group.step = step;
    group.index = static_cast<int>(prompt);
    group.question = example.question;
    return group;
}

Answer answerOf(const Rollout& rollout, std::size_t row, const AnswerTexts& texts) {
    const auto tokens = rowTokens(rollout.answers, row);
    const bool sampled = row < rollout.samples;
    Answer answer;
    answer.tokenIds.assign(tokens.begin(), tokens.end());
    answer.text = texts.text(answer.tokenIds);
    answer.finished = rollout.finished[row];
    answer.origin = sampled ? AnswerOrigin::Policy : AnswerOrigin::Reference;
    if (sampled)
        answer.logProbs = rowValues(rollout.sampledLogProbs, static_cast<std::int64_t>(row),
                                    rollout.answers.lengths[row]);
    return answer;
}

} // namespace

std::vector<Group> groupsOf(const SampledStep& step, std::int64_t number,
                            const AnswerTexts& texts) {
    std::vector<Group> groups;
    for (std::size_t prompt = 0; prompt < step.examples.size(); ++prompt)
        groups.push_back(groupOf(step.examples[prompt], number, prompt));
    // Samples come before references in every group, as they do in the rows.
    for (const auto& worker : step.rollouts)
        for (const auto& rollout : worker)
            for (std::size_t row = 0; row < rollout.rows.size(); ++row)
                groups[rollout.rows[row].group].answers.push_back(answerOf(rollout, row, texts));
    return groups;
}

ScoredGroups scoreGroups(std::vector<Group> groups, const AnswerScorer& score,
                         const TrainConfig& config) {
    rewardGroups(groups, score, config);
    return {std::move(groups)};
}

std::optional<ReferenceScores> scoreUnderReference(const StepContext& context,
                                                   const SampledStep& step,
                                                   const ReferencePolicy& reference,
                                                   StepTimes& times, const std::stop_token& stop) {
    ReferenceScores scores(step.rollouts.size());
    std::vector<char> stopped(step.rollouts.size());
    context.parts.pool->run([&](int worker) {
        const auto index = static_cast<std::size_t>(worker);
        const torch::NoGradGuard noGrad;
        for (const auto& rollout : step.rollouts[index]) {
            if (stop.stop_requested()) {
                stopped[index] = 1;
                return;
            }
            const PartTimer timer(times.of(worker).reference);
            const auto& decoder = reference.decoder();
            const auto cache = decoder->prefill(
                context.parts.referencePromptsOf(step.examplesOf(rollout)), reference.weights());
            const auto distinct = answerLogProbs(decoder, cache, rollout.distinct.answers,
                                                 reference.state(), context.config.temperature);
            scores[index].push_back(rollout.distinct.toRows(distinct.logProbs));
        }
    });
    if (std::ranges::any_of(stopped, [](char early) { return early != 0; }))
        return std::nullopt;
    return scores;
}

AnswerScores scoreWithoutGraph(const StepContext& context, const SampledStep& step, int worker,
                               const Rollout& rollout) {
    const torch::NoGradGuard noGrad;
    const auto& parts = context.parts;
    const auto& graph = step.graphs[static_cast<std::size_t>(worker)];
    const auto cache =
        graph ? graph->detached()
              : parts.decoder->prefill(parts.promptsOf(step.examplesOf(rollout)), kPolicyAdapters);
    auto scores = answerLogProbs(parts.decoder, cache, rollout.distinct.answers, kPolicyAdapters,
                                 context.config.temperature, {.wantEntropy = true});
    scores.logProbs = rollout.distinct.toRows(scores.logProbs);
    scores.entropy = rollout.distinct.toRows(scores.entropy).to(torch::kCPU);
    return scores;
}

} // namespace viva
