// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/sampler_correction.h"
#include "core/speech/collator.h"
#include "core/train/grpo_trainer.h"

#include <algorithm>

namespace viva {
namespace {

/// [distinct, time] to [rows, time].
torch::Tensor withCopies(const torch::Tensor& distinct, const GrpoMicroBatch& micro) {
    return distinct.index_select(0, micro.copyOf.to(distinct.device()));
}

/// Rows of samples among those of the mask, [rows, time].
torch::Tensor sampleMask(const GrpoMicroBatch& micro) {
    return micro.offPolicy.defined()
               ? micro.mask.logical_and(micro.offPolicy.logical_not().unsqueeze(1))
               : micro.mask;
}

torch::Tensor placed(const torch::Tensor& tensor, torch::Device device) {
    return tensor.defined() ? tensor.to(device) : tensor;
}

} // namespace

void GrpoTrainer::scoreUnderReference(GrpoStep& step, GrpoMicroBatch& micro, int worker) const {
    const PartTimer timer(step.workers[static_cast<std::size_t>(worker)].times.reference);
    const torch::NoGradGuard noGrad;
    const auto& decoder = m_reference.decoder();
    const auto cache =
        decoder->prefill(referencePromptsOf(step.examplesOf(micro.prompts)), m_reference.weights());
    micro.refLogProbs = withCopies(
        answerLogProbs(decoder, cache, micro.distinct, m_reference.state(), config().temperature)
            .logProbs,
        micro);
}

AnswerScores GrpoTrainer::scoreWithoutGraph(GrpoStep& step, GrpoMicroBatch& micro,
                                            int worker) const {
    const PartTimer timer(step.workers[static_cast<std::size_t>(worker)].times.update);
    const torch::NoGradGuard noGrad;
    const auto cache =
        micro.cacheHasGraph
            ? micro.cache.detached()
            : parts().decoder->prefill(promptsOf(step.examplesOf(micro.prompts)), kPolicyAdapters);
    auto scores = answerLogProbs(parts().decoder, cache, micro.distinct, kPolicyAdapters,
                                 config().temperature, {.wantEntropy = true});
    scores.logProbs = withCopies(scores.logProbs, micro);
    scores.entropy = withCopies(scores.entropy, micro).to(torch::kCPU);
    return scores;
}

void GrpoTrainer::scoreBefore(GrpoStep& step, int worker) const {
    // The first update sees the policy that sampled; the later ones need to remember it.
    for (auto& micro : step.workers[static_cast<std::size_t>(worker)].microBatches)
        if (micro.update > 0)
            micro.oldLogProbs = scoreWithoutGraph(step, micro, worker).logProbs;
}

void GrpoTrainer::findHighEntropy(GrpoStep& step, int update) {
    std::vector<std::vector<torch::Tensor>> entropies(step.workers.size());
    parts().pool->run([&](int worker) {
        const auto index = static_cast<std::size_t>(worker);
        for (auto& micro : step.workers[index].microBatches)
            entropies[index].push_back(micro.update == update
                                           ? scoreWithoutGraph(step, micro, worker).entropy
                                           : torch::Tensor());
    });
    // The threshold is that of a whole cut, whoever computed its answers.
    std::vector<std::vector<torch::Tensor>> byCut(step.keptTokens.size());
    const auto eachRow = [&](auto&& visit) {
        for (std::size_t worker = 0; worker < step.workers.size(); ++worker)
            for (std::size_t m = 0; m < step.workers[worker].microBatches.size(); ++m) {
                auto& micro = step.workers[worker].microBatches[m];
                if (micro.update != update)
                    continue;
                const auto samples = sampleMask(micro);
                for (std::size_t row = 0; row < micro.places.size(); ++row)
                    visit(micro, row, entropies[worker][m][static_cast<std::int64_t>(row)],
                          samples[static_cast<std::int64_t>(row)]);
            }
    };
    eachRow([&](GrpoMicroBatch& micro, std::size_t row, const torch::Tensor& entropy,
                const torch::Tensor& mask) {
        byCut[micro.cutOf[row]].push_back(entropy.masked_select(mask));
        micro.entropyMask = torch::zeros_like(micro.mask);
    });
    std::vector<double> thresholds;
    for (std::size_t cut = 0; cut < byCut.size(); ++cut) {
        thresholds.push_back(byCut[cut].empty() ? 0.0
                                                : entropyThreshold(torch::cat(byCut[cut]),
                                                                   config().topEntropyQuantile));
        if (!byCut[cut].empty())
            step.keptTokens[cut] = 0;
    }
    eachRow([&](GrpoMicroBatch& micro, std::size_t row, const torch::Tensor& entropy,
                const torch::Tensor& mask) {
        const auto cut = micro.cutOf[row];
        const auto kept = mask.logical_and(entropy.ge(thresholds[cut]));
        micro.entropyMask[static_cast<std::int64_t>(row)].copy_(kept);
        step.keptTokens[cut] += kept.sum().item<double>();
    });
}

void GrpoTrainer::setEntropyWeights(GrpoStep& step) const {
    const double cuts = static_cast<double>(step.keptTokens.size()) /
                        static_cast<double>(config().updatesPerGeneration());
    for (auto& part : step.workers)
        for (auto& micro : part.microBatches) {
            std::vector<double> weights;
            for (const auto cut : micro.cutOf)
                weights.push_back(step.entropyCoefficient / std::max(step.keptTokens[cut], 1.0) /
                                  cuts);
            micro.entropyWeights = torch::tensor(weights, torch::kDouble);
        }
}

GrpoLossInput GrpoTrainer::lossInput(const GrpoMicroBatch& micro, const AnswerScores& scores,
                                     const torch::Tensor& oldLogProbs) const {
    const auto device = scores.logProbs.device();
    GrpoLossInput input{.logProbs = scores.logProbs,
                        .oldLogProbs = oldLogProbs,
                        .refLogProbs = micro.refLogProbs,
                        .mask = micro.mask.to(device),
                        .advantages = micro.advantages.to(device),
                        .weights = micro.weights.to(device),
                        .offPolicy = placed(micro.offPolicy, device),
                        .entropyMask = placed(micro.entropyMask, device)};
    if (config().sampler.correction) {
        input.samplerLogProbs = micro.samplerLogProbs.to(device);
        input.samplerRatio =
            samplerRatio(oldLogProbs.defined() ? oldLogProbs : scores.logProbs.detach(),
                         input.samplerLogProbs, input.mask, config().sampler);
    }
    if (config().objective == Objective::RlSft)
        input.sftTokenWeight = m_sftTokenWeights[static_cast<std::size_t>(micro.update)];
    if (m_entropy.active()) {
        input.entropy = scores.entropy;
        input.entropyWeights = micro.entropyWeights.to(device);
    }
    return input;
}

torch::Tensor GrpoTrainer::microBatchLoss(GrpoStep& step, GrpoMicroBatch& micro, int worker,
                                          int iteration) const {
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    if (!micro.cacheHasGraph) {
        const PartTimer timer(part.times.prefill);
        micro.cache =
            parts().decoder->prefill(promptsOf(step.examplesOf(micro.prompts)), kPolicyAdapters);
    }
    const PartTimer timer(part.times.update);
    const bool bonus = m_entropy.active();
    const auto scores = answerLogProbs(
        parts().decoder, micro.cache, micro.answers, kPolicyAdapters, config().temperature,
        {.wantEntropy = iteration == 0 || bonus, .entropyGradient = step.entropyCoefficient != 0});
    const auto result = grpoLoss(lossInput(micro, scores, micro.oldLogProbs), config().loss);
    if (!micro.oldLogProbs.defined())
        micro.oldLogProbs = scores.logProbs.detach();
    if (iteration == 0)
        micro.entropy = scores.entropy.detach().to(torch::kCPU);
    if (bonus) {
        const auto kept = micro.entropyMask.defined() ? micro.entropyMask : sampleMask(micro);
        part.entropySum += scores.entropy.detach()
                               .to(torch::kCPU, torch::kDouble)
                               .masked_select(kept)
                               .sum()
                               .item<double>();
    }
    micro.newLogProbs = scores.logProbs.detach().to(torch::kCPU);
    part.sums += result.sums;
    part.loss += result.loss.item<double>();
    return result.loss;
}

Gradients GrpoTrainer::differentiate(GrpoStep& step, int worker, int iteration, int update,
                                     const std::stop_token& stop) const {
    const torch::AutoGradMode gradients(true);
    auto& part = step.workers[static_cast<std::size_t>(worker)];
    part.entropySum = 0;
    if (update == 0) {
        part.sums = {};
        part.loss = 0;
    }
    Gradients sum;
    for (auto& micro : part.microBatches) {
        if (micro.update != update)
            continue;
        if (stop.stop_requested()) {
            part.stopped = true;
            return {};
        }
        if (!micro.cacheHasGraph)
            announceMicroBatch(micro.prompts);
        const auto loss = microBatchLoss(step, micro, worker, iteration);
        const PartTimer timer(part.times.update);
        addGradients(sum, gradientsOf(loss, parameters()));
        micro.cache = PromptCache(); // the graph has been used up
        micro.cacheHasGraph = false;
    }
    return sum;
}

} // namespace viva
