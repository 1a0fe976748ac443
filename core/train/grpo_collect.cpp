// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/objective/group_advantages.h"
#include "core/objective/group_rewards.h"
#include "core/speech/collator.h"
#include "core/train/grpo_trainer.h"

#include <algorithm>

namespace viva {

std::vector<std::pair<int, Slice>> GrpoTrainer::plan(std::size_t prompts, int worker) const {
    const int updates = config().updatesPerGeneration();
    std::vector<std::pair<int, Slice>> result;
    for (int update = 0; update < updates; ++update) {
        const auto chunk = sliceOf(prompts, update, updates);
        for (const auto& cut : microBatchesOf(chunk.size(), worker))
            result.emplace_back(update, Slice{chunk.first + cut.first, chunk.first + cut.last});
    }
    return result;
}

bool GrpoTrainer::collect(GrpoStep& step, std::size_t streamOffset, bool keepGraph,
                          const std::stop_token& stop) const {
    for (std::size_t prompt = 0; prompt < step.examples.size(); ++prompt)
        step.groups.push_back(groupOf(step.examples[prompt], step.number, prompt));
    auto& pool = *parts().pool;
    step.workers.resize(static_cast<std::size_t>(pool.size()));
    pool.run([&](int worker) { collectSlice(step, worker, streamOffset, keepGraph, stop); });
    return std::ranges::none_of(step.workers, [](const auto& part) { return part.stopped; });
}

void GrpoTrainer::collectSlice(GrpoStep& step, int worker, std::size_t streamOffset, bool keepGraph,
                               const std::stop_token& stop) const {
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    const auto slices = plan(step.examples.size(), worker);
    for (const auto& [update, prompts] : slices) {
        announceMicroBatch(prompts);
        GrpoMicroBatch micro;
        micro.prompts = prompts;
        micro.update = update;
        // Graphs are only kept when they are few: with several micro-batches memory is short.
        micro.cacheHasGraph = keepGraph && slices.size() == 1;
        part.microBatches.push_back(std::move(micro));
        sampleMicroBatch(step, part.microBatches.back(), worker, streamOffset, stop);
        if (part.stopped)
            return;
        const PartTimer timer(part.times.reward);
        takeAnswers(step, part.microBatches.back());
    }
    for (auto& micro : part.microBatches)
        if (!micro.cacheHasGraph)
            micro.cache = PromptCache();
}

void GrpoTrainer::sampleMicroBatch(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                                   std::size_t streamOffset, const std::stop_token& stop) const {
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    const int samples = config().samplesPerGroup();
    {
        const PartTimer timer(part.times.prefill);
        const torch::AutoGradMode gradients(micro.cacheHasGraph);
        micro.cache =
            parts().decoder->prefill(promptsOf(step.examplesOf(micro.prompts)), kPolicyAdapters);
    }
    const PartTimer timer(part.times.generate);
    const torch::NoGradGuard noGrad;
    auto generation = config().generation();
    generation.eosTokenIds = parts().eosTokenIds;
    const Slice named{micro.prompts.first + streamOffset, micro.prompts.last + streamOffset};
    auto streams = answerStreams(config().seed, step.number, named, samples);
    auto generated = generate(parts().decoder, micro.cache.detached(), samples, generation, streams,
                              kPolicyAdapters, stop);
    part.stopped = generated.stopped || stop.stop_requested();
    takeSamples(micro, std::move(generated), samples, config().sampler.correction);
    if (const int references = config().referencesPerGroup(); references > 0)
        addReferences(micro, step.examples, references, step.number);
    findDistinctAnswers(micro);
}

Answer GrpoTrainer::answerOf(const GrpoMicroBatch& micro, std::size_t row) const {
    const auto tokens = rowTokens(micro.answers, row);
    const bool sampled = row < micro.samples;
    Answer answer;
    answer.tokenIds.assign(tokens.begin(), tokens.end());
    answer.text = parts().texts.text(answer.tokenIds);
    answer.finished = micro.finished[row];
    answer.origin = sampled ? AnswerOrigin::Policy : AnswerOrigin::Reference;
    if (sampled)
        answer.logProbs = rowValues(micro.sampledLogProbs, static_cast<std::int64_t>(row),
                                    micro.answers.lengths[row]);
    return answer;
}

void GrpoTrainer::takeAnswers(GrpoStep& step, const GrpoMicroBatch& micro) const {
    // Samples come before references in every group, as they do in the rows.
    for (std::size_t row = 0; row < micro.places.size(); ++row)
        step.groups[micro.places[row].group].answers.push_back(answerOf(micro, row));
}

void GrpoTrainer::scoreAnswers(std::vector<Group>& groups) const {
    rewardGroups(groups, parts().score, config());
}

bool GrpoTrainer::collectWithVariance(GrpoStep& step, const std::stop_token& stop) {
    const auto wanted = step.examples.size();
    const int rounds = config().maxResamples;
    std::vector<SampledPrompt> good;
    std::vector<SampledPrompt> flat;
    GrpoTimes times;
    std::size_t asked = 0;
    double replaced = 0;
    double rewardSec = 0;
    for (int round = 0;; ++round) {
        const auto count = step.examples.size();
        if (!collect(step, asked, false, stop))
            return false;
        {
            const PartTimer timer(rewardSec);
            scoreAnswers(step.groups);
        }
        asked += count;
        for (const auto& part : step.workers) {
            times.prefill += part.times.prefill;
            times.generate += part.times.generate;
            times.reward += part.times.reward;
        }
        const auto number = step.number;
        for (auto& prompt : takeApart(step))
            (hasNoVariance(prompt.group, config()) ? flat : good).push_back(std::move(prompt));
        step.number = number;
        if (good.size() >= wanted || round >= rounds)
            break;
        replaced += static_cast<double>(wanted - good.size());
        step.examples = drawMore(wanted - good.size());
    }
    // What could not be replaced stays, as it would have without resampling.
    for (std::size_t i = 0; good.size() < wanted; ++i)
        good.push_back(std::move(flat[i]));
    step.resampledGroups = replaced;
    buildMicroBatches(step, good);
    step.workers.front().times = times;
    step.rewardSec = rewardSec;
    return true;
}

void GrpoTrainer::buildMicroBatches(GrpoStep& step, std::span<const SampledPrompt> sampled) const {
    for (std::size_t i = 0; i < sampled.size(); ++i) {
        step.examples.push_back(sampled[i].example);
        step.groups.push_back(sampled[i].group);
        step.groups.back().index = static_cast<int>(i);
    }
    step.workers.resize(static_cast<std::size_t>(parts().pool->size()));
    for (int worker = 0; worker < parts().pool->size(); ++worker)
        for (const auto& [update, prompts] : plan(sampled.size(), worker)) {
            auto micro = putTogether(prompts, sampled);
            micro.update = update;
            step.workers[static_cast<std::size_t>(worker)].microBatches.push_back(std::move(micro));
        }
}

} // namespace viva
