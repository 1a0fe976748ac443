// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/dynamic_sampling.h"

#include "core/objective/group_advantages.h"
#include "core/train/part_timer.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace viva {
namespace {

using Row = std::pair<std::size_t, std::size_t>; ///< prompt and answer

/// Samples of all prompts first, then their references: the layout of a micro-batch.
std::vector<Row> rowsOf(const Slice& prompts, std::span<const SampledPrompt> sampled,
                        std::size_t& samples) {
    std::vector<Row> rows;
    for (const bool reference : {false, true}) {
        if (reference)
            samples = rows.size();
        for (auto prompt = prompts.first; prompt < prompts.last; ++prompt) {
            const auto& answers = sampled[prompt].group.answers;
            for (std::size_t i = 0; i < answers.size(); ++i)
                if (isReference(answers[i]) == reference)
                    rows.emplace_back(prompt, i);
        }
    }
    return rows;
}

std::int64_t longestOf(std::span<const Row> rows, std::span<const SampledPrompt> sampled) {
    std::int64_t width = 1;
    for (const auto& [prompt, answer] : rows)
        width = std::max(width, static_cast<std::int64_t>(
                                    sampled[prompt].group.answers[answer].tokenIds.size()));
    return width;
}

/// The step of the prompts that stay.
ResampledStep stepOf(const StepContext& context, std::span<const SampledPrompt> kept) {
    ResampledStep step;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        step.sampled.examples.push_back(kept[i].example);
        step.scored.groups.push_back(kept[i].group);
        step.scored.groups.back().index = static_cast<int>(i);
    }
    const auto workers = static_cast<std::size_t>(context.parts.pool->size());
    step.sampled.rollouts.resize(workers);
    step.sampled.graphs.resize(workers);
    for (std::size_t worker = 0; worker < workers; ++worker)
        for (const auto& batch : context.microBatchesOf(kept.size(), static_cast<int>(worker)))
            step.sampled.rollouts[worker].push_back(putTogether(batch, kept));
    return step;
}

} // namespace

std::vector<SampledPrompt> takeApart(SampledStep step, ScoredGroups scored) {
    std::vector<SampledPrompt> sampled(scored.groups.size());
    for (std::size_t i = 0; i < sampled.size(); ++i) {
        sampled[i].example = std::move(step.examples[i]);
        sampled[i].group = std::move(scored.groups[i]);
    }
    for (const auto& worker : step.rollouts)
        for (const auto& rollout : worker) {
            if (!rollout.samplerLogProbs.defined())
                continue;
            for (std::size_t row = 0; row < rollout.rows.size(); ++row) {
                const auto& [group, answer] = rollout.rows[row];
                auto& rows = sampled[group].samplerLogProbs;
                rows.resize(std::max(rows.size(), answer + 1));
                rows[answer] = rowValues(rollout.samplerLogProbs, static_cast<std::int64_t>(row),
                                         rollout.answers.lengths[row]);
            }
        }
    return sampled;
}

Rollout putTogether(const MicroBatch& batch, std::span<const SampledPrompt> sampled) {
    Rollout rollout;
    rollout.batch = batch;
    const auto rows = rowsOf(batch.prompts, sampled, rollout.samples);
    const auto width = longestOf(rows, sampled);
    const auto count = static_cast<std::int64_t>(rows.size());
    rollout.answers.ids = torch::zeros({count, width}, torch::kInt64);
    rollout.sampledLogProbs = torch::zeros({count, width});
    if (!sampled.empty() && !sampled.front().samplerLogProbs.empty())
        rollout.samplerLogProbs =
            torch::full({count, width}, std::numeric_limits<float>::quiet_NaN());
    if (rollout.samples < rows.size()) {
        rollout.offPolicy = torch::zeros({count}, torch::kBool);
        rollout.offPolicy.slice(0, static_cast<std::int64_t>(rollout.samples)).fill_(true);
    }
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const auto& [prompt, index] = rows[row];
        const auto& answer = sampled[prompt].group.answers[index];
        const auto at = static_cast<std::int64_t>(row) * width;
        std::ranges::copy(answer.tokenIds, rollout.answers.ids.data_ptr<std::int64_t>() + at);
        std::ranges::copy(answer.logProbs, rollout.sampledLogProbs.data_ptr<float>() + at);
        if (rollout.samplerLogProbs.defined())
            std::ranges::copy(sampled[prompt].samplerLogProbs[index],
                              rollout.samplerLogProbs.data_ptr<float>() + at);
        rollout.answers.lengths.push_back(static_cast<std::int64_t>(answer.tokenIds.size()));
        rollout.answers.promptOf.push_back(static_cast<std::int64_t>(prompt - batch.prompts.first));
        rollout.rows.push_back({prompt, index});
        rollout.finished.push_back(answer.finished);
    }
    rollout.distinct = distinctAnswers(rollout.answers);
    return rollout;
}

std::optional<ResampledStep> collectWithVariance(const StepContext& context,
                                                 std::vector<TrainExample> examples,
                                                 const DrawExamples& draw, StepTimes& times,
                                                 const std::stop_token& stop) {
    const auto wanted = examples.size();
    std::vector<SampledPrompt> good;
    std::vector<SampledPrompt> flat;
    std::size_t asked = 0;
    double replaced = 0;
    for (int round = 0;; ++round) {
        const auto count = examples.size();
        auto sampled = collect(context, std::move(examples),
                               {.firstStream = asked, .keepGraphs = false}, times, stop);
        if (!sampled)
            return std::nullopt;
        asked += count;
        ScoredGroups scored;
        {
            const PartTimer timer(times.reward);
            scored = scoreGroups(groupsOf(*sampled, context.step, context.parts.texts),
                                 context.parts.score, context.config);
        }
        for (auto& prompt : takeApart(std::move(*sampled), std::move(scored)))
            (hasNoVariance(prompt.group, context.config) ? flat : good)
                .push_back(std::move(prompt));
        if (good.size() >= wanted || round >= context.config.maxResamples)
            break;
        replaced += static_cast<double>(wanted - good.size());
        examples = draw(wanted - good.size());
    }
    // What could not be replaced stays, as it would have without resampling.
    for (std::size_t i = 0; good.size() < wanted; ++i)
        good.push_back(std::move(flat[i]));
    auto step = stepOf(context, good);
    step.replaced = replaced;
    return step;
}

} // namespace viva
