// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo_trainer.h"

#include "core/base/error.h"
#include "core/group/advantages.h"
#include "core/train/collator.h"
#include "core/train/grpo_metrics.h"

#include <algorithm>

namespace viva {
namespace {

constexpr AdapterState kPolicy{.bundled = true, .trained = true};
constexpr AdapterState kReference{.bundled = true, .trained = false};
/// With beta 0 the reference is only drawn, so not every step pays for it.
constexpr std::int64_t kReferenceEvery = 5;

std::span<const TrainExample> promptsOf(const GrpoStep& step, const Slice& prompts) {
    return std::span(*step.examples).subspan(prompts.first, prompts.size());
}

/// [distinct, time] to [rows, time].
torch::Tensor withCopies(const torch::Tensor& distinct, const GrpoMicroBatch& micro) {
    return distinct.index_select(0, micro.copyOf.to(distinct.device()));
}

AdvantageConfig advantageConfig(const TrainConfig& config) {
    AdvantageConfig result;
    if (config.scaleRewards == "batch")
        result.scale = AdvantageScale::Batch;
    else if (config.scaleRewards == "none")
        result.scale = AdvantageScale::None;
    result.deviation =
        config.advantageStd == "population" ? DeviationKind::Population : DeviationKind::Sample;
    result.eps = config.advantageEps;
    return result;
}

} // namespace

GrpoTrainer::GrpoTrainer(const TrainConfig& config, TrainerParts parts)
    : Trainer(config, std::move(parts)), m_lossType(lossTypeFromName(config.lossType)) {
    m_lossConfig.epsilon = config.epsilon;
    m_lossConfig.epsilonHigh = config.effectiveEpsilonHigh();
    m_lossConfig.beta = config.beta;
    m_lossConfig.klEstimator = klEstimatorFromName(config.klEstimator);
    const torch::NoGradGuard noGrad;
    m_referenceWeights = this->parts().decoder->weights(kReference);
}

std::optional<Trainer::StepReport> GrpoTrainer::attempt(const std::vector<TrainExample>& examples,
                                                        const std::stop_token& stop) {
    GrpoStep step;
    step.examples = &examples;
    step.number = currentStep();
    for (std::size_t prompt = 0; prompt < examples.size(); ++prompt)
        step.groups.push_back(groupOf(examples[prompt], step.number, prompt));
    auto& pool = *parts().pool;
    step.workers.resize(static_cast<std::size_t>(pool.size()));
    const auto stopped = [&] {
        return std::ranges::any_of(step.workers, [](const auto& part) { return part.stopped; });
    };

    pool.run([&](int worker) { collectAndScore(step, worker, stop); });
    if (stopped())
        return std::nullopt;
    weigh(step);
    for (int iteration = 0; iteration < config().numIterations; ++iteration) {
        std::vector<Gradients> gradients(step.workers.size());
        pool.run([&](int worker) {
            gradients[static_cast<std::size_t>(worker)] =
                differentiate(step, worker, iteration, stop);
        });
        if (stopped())
            return std::nullopt;
        const PartTimer timer(step.optimizerSec);
        step.gradNorm = applyUpdate(std::move(gradients));
    }
    return report(step);
}

void GrpoTrainer::collectAndScore(GrpoStep& step, int worker, const std::stop_token& stop) const {
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    for (const auto& prompts : microBatchesOf(step.examples->size(), worker)) {
        announceMicroBatch(prompts);
        GrpoMicroBatch micro;
        micro.prompts = prompts;
        part.microBatches.push_back(std::move(micro));
        sampleMicroBatch(step, part.microBatches.back(), worker, stop);
        if (part.stopped)
            return;
        const PartTimer timer(part.times.reward);
        scoreMicroBatch(step, part.microBatches.back());
    }
    // Graphs are only kept when they are few: with several micro-batches memory is short.
    if (part.microBatches.size() > 1)
        for (auto& micro : part.microBatches)
            micro.cache = PromptCache();
}

void GrpoTrainer::sampleMicroBatch(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                                   const std::stop_token& stop) const {
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    const int members = config().numGenerations;
    const bool keepGraph = microBatchesOf(step.examples->size(), worker).size() == 1;
    {
        const PartTimer timer(part.times.prefill);
        const torch::AutoGradMode gradients(keepGraph);
        micro.cache =
            parts().decoder->prefill(collatePrompts(promptsOf(step, micro.prompts)), kPolicy);
        micro.cacheHasGraph = keepGraph;
    }
    const PartTimer timer(part.times.generate);
    const torch::NoGradGuard noGrad;
    auto generation = config().generation();
    generation.eosTokenIds = parts().eosTokenIds;
    auto streams = answerStreams(config().seed, step.number, micro.prompts, members);
    auto generated = generate(parts().decoder, micro.cache.detached(), members, generation, streams,
                              kPolicy, stop);
    part.stopped = generated.stopped || stop.stop_requested();
    micro.answers.ids = generated.ids.to(torch::kCPU);
    micro.answers.lengths = std::move(generated.lengths);
    for (std::size_t row = 0; row < micro.answers.lengths.size(); ++row)
        micro.answers.promptOf.push_back(static_cast<std::int64_t>(row) / members);
    micro.finished = std::move(generated.finished);
    micro.sampledLogProbs = generated.fullLogProbs.to(torch::kCPU);
    findDistinctAnswers(micro);
}

void GrpoTrainer::scoreMicroBatch(GrpoStep& step, GrpoMicroBatch& micro) const {
    const auto members = static_cast<std::size_t>(config().numGenerations);
    const auto width = micro.answers.ids.size(1);
    const auto* ids = micro.answers.ids.data_ptr<std::int64_t>();
    for (std::size_t row = 0; row < micro.answers.lengths.size(); ++row) {
        auto& group = step.groups[micro.prompts.first + row / members];
        const auto length = micro.answers.lengths[row];
        const auto* first = ids + static_cast<std::int64_t>(row) * width;
        Answer answer;
        answer.tokenIds.assign(first, first + length);
        answer.text = parts().texts.text(answer.tokenIds);
        auto scored = parts().score(answer.text, group.references);
        answer.reward = scored.total;
        answer.rewardParts = std::move(scored.parts);
        answer.reason = std::move(scored.reason);
        answer.finished = micro.finished[row];
        answer.logProbs = rowValues(micro.sampledLogProbs, static_cast<std::int64_t>(row), length);
        group.answers.push_back(std::move(answer));
    }
}

void GrpoTrainer::weigh(GrpoStep& step) const {
    const auto prompts = step.groups.size();
    std::vector<std::vector<double>> rewards(prompts);
    std::vector<AnswerShare> shares;
    const auto cuts = static_cast<std::size_t>(std::max(1, config().gradientAccumulationSteps));
    for (std::size_t prompt = 0; prompt < prompts; ++prompt)
        for (const auto& answer : step.groups[prompt].answers) {
            rewards[prompt].push_back(answer.reward);
            const bool masked = config().maskTruncatedCompletions && !answer.finished;
            shares.push_back({masked ? 0 : static_cast<std::int64_t>(answer.tokenIds.size()),
                              static_cast<std::int64_t>(prompt * cuts / prompts)});
        }
    const auto weights = answerWeights(m_lossType, shares, config().maxCompletionLength);
    const auto advantages = computeAdvantages(rewards, advantageConfig(config()));
    const auto members = static_cast<std::size_t>(config().numGenerations);
    for (std::size_t prompt = 0; prompt < prompts; ++prompt) {
        auto& group = step.groups[prompt];
        group.rewardMean = advantages[prompt].mean;
        group.rewardStd = advantages[prompt].deviation;
        group.zeroVariance = advantages[prompt].zeroVariance;
        for (std::size_t i = 0; i < members; ++i)
            group.answers[i].advantage = advantages[prompt].advantages[i];
    }
    for (auto& part : step.workers)
        for (auto& micro : part.microBatches) {
            const auto rows = micro.answers.lengths.size();
            std::vector<double> rowAdvantages;
            std::vector<bool> keep;
            for (std::size_t row = 0; row < rows; ++row) {
                const auto prompt = micro.prompts.first + row / members;
                rowAdvantages.push_back(advantages[prompt].advantages[row % members]);
                keep.push_back(shares[prompt * members + row % members].tokens > 0);
            }
            const auto first =
                weights.begin() + static_cast<std::ptrdiff_t>(micro.prompts.first * members);
            micro.weights =
                torch::tensor(std::vector<double>(first, first + static_cast<std::ptrdiff_t>(rows)),
                              torch::kDouble);
            micro.advantages = torch::tensor(rowAdvantages, torch::kDouble);
            micro.mask = answerMask(micro.answers.lengths, micro.answers.ids.size(1), keep);
        }
}

bool GrpoTrainer::wantsReference() const {
    return config().beta != 0 || (currentStep() - 1) % kReferenceEvery == 0;
}

void GrpoTrainer::scoreUnderReference(GrpoStep& step, GrpoMicroBatch& micro, int worker) const {
    const PartTimer timer(step.workers[static_cast<std::size_t>(worker)].times.reference);
    const torch::NoGradGuard noGrad;
    const auto cache = parts().decoder->prefill(collatePrompts(promptsOf(step, micro.prompts)),
                                                m_referenceWeights);
    micro.refLogProbs = withCopies(
        answerLogProbs(parts().decoder, cache, micro.distinct, kReference, config().temperature)
            .logProbs,
        micro);
}

torch::Tensor GrpoTrainer::microBatchLoss(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                                          int iteration) const {
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    if (iteration == 0 && wantsReference())
        scoreUnderReference(step, micro, worker);
    if (iteration > 0 || !micro.cacheHasGraph) {
        const PartTimer timer(part.times.prefill);
        micro.cache =
            parts().decoder->prefill(collatePrompts(promptsOf(step, micro.prompts)), kPolicy);
    }
    const PartTimer timer(part.times.update);
    const auto scores = answerLogProbs(parts().decoder, micro.cache, micro.answers, kPolicy,
                                       config().temperature, {.wantEntropy = iteration == 0});
    const auto device = scores.logProbs.device();
    const auto result =
        grpoLoss({.logProbs = scores.logProbs,
                  .oldLogProbs = iteration == 0 ? torch::Tensor() : micro.oldLogProbs,
                  .refLogProbs = micro.refLogProbs,
                  .mask = micro.mask.to(device),
                  .advantages = micro.advantages.to(device),
                  .weights = micro.weights.to(device)},
                 m_lossConfig);
    if (iteration == 0) {
        micro.oldLogProbs = scores.logProbs.detach();
        micro.entropy = withCopies(scores.entropy, micro).to(torch::kCPU);
    }
    micro.newLogProbs = scores.logProbs.detach().to(torch::kCPU);
    part.sums += result.sums;
    part.loss += result.loss.item<double>();
    return result.loss;
}

Gradients GrpoTrainer::differentiate(GrpoStep& step, int worker, int iteration,
                                     const std::stop_token& stop) const {
    const torch::AutoGradMode gradients(true);
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    part.sums = {};
    part.loss = 0;
    Gradients sum;
    for (auto& micro : part.microBatches) {
        if (stop.stop_requested()) {
            part.stopped = true;
            return {};
        }
        if (!micro.cacheHasGraph || iteration > 0)
            announceMicroBatch(micro.prompts);
        const auto loss = microBatchLoss(step, micro, worker, iteration);
        const PartTimer timer(part.times.update);
        addGradients(sum, gradientsOf(loss, parameters()));
        micro.cache = PromptCache(); // the graph has been used up
        micro.cacheHasGraph = false;
    }
    return sum;
}

Trainer::StepReport GrpoTrainer::report(GrpoStep& step) const {
    fillTokenLogProbs(step);
    StepReport result;
    result.metrics = grpoMetrics(step, config());
    result.metrics.emplace_back("learning_rate", learningRate());
    for (const auto& group : step.groups)
        for (const auto& answer : group.answers) {
            ++result.samples;
            result.tokens += static_cast<std::int64_t>(answer.tokenIds.size());
        }
    if (config().logCompletions) {
        for (auto& group : step.groups)
            for (auto& answer : group.answers)
                answer.tokens = parts().texts.pieces(answer.tokenIds);
        result.groups = std::move(step.groups);
    }
    return result;
}

} // namespace viva
