// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/sft_trainer.h"

#include "core/rl/sft_loss.h"
#include "core/speech/collator.h"
#include "core/train/micro_batches.h"
#include "core/train/part_timer.h"

#include <algorithm>

namespace viva {

std::optional<Trainer::StepEnd> SftTrainer::attempt(const std::vector<TrainExample>& examples,
                                                    const std::stop_token& stop) {
    StepReport report;
    for (const auto& example : examples)
        report.tokens += static_cast<std::int64_t>(example.targetIds.size());
    report.samples = static_cast<std::int64_t>(examples.size());
    const auto stepTokens = static_cast<double>(report.tokens);

    std::vector<WorkerPart> workers(static_cast<std::size_t>(parts().pool->size()));
    parts().pool->run([&](int worker) {
        differentiate(examples, worker, stepTokens, stop,
                      workers[static_cast<std::size_t>(worker)]);
    });
    if (std::ranges::any_of(workers, [](const auto& part) { return part.stopped; }))
        return std::nullopt;

    std::vector<Gradients> gradients;
    WorkerPart sum;
    for (auto& part : workers) {
        gradients.push_back(std::move(part.gradients));
        sum.loss += part.loss;
        sum.entropy += part.entropy;
        sum.prefillSec += part.prefillSec / static_cast<double>(workers.size());
        sum.updateSec += part.updateSec / static_cast<double>(workers.size());
    }
    double optimizerSec = 0;
    double gradNorm = 0;
    {
        const PartTimer timer(optimizerSec);
        gradNorm = applyUpdate(std::move(gradients));
    }
    report.metrics = {
        {"loss", sum.loss},
        {"entropy", sum.entropy / stepTokens},
        {"completions/mean_length", stepTokens / static_cast<double>(examples.size())},
        {"grad_norm", gradNorm},
        {"learning_rate", learningRate()},
        {"timing/prefill", sum.prefillSec},
        {"timing/update", sum.updateSec},
        {"timing/optimizer", optimizerSec}};
    return [report = std::move(report)] { return report; };
}

void SftTrainer::differentiate(const std::vector<TrainExample>& examples, int worker,
                               double stepTokens, const std::stop_token& stop,
                               WorkerPart& part) const {
    const torch::AutoGradMode gradients(true);
    for (const auto& prompts :
         microBatchesOf(examples.size(), worker, parts().pool->size(), microBatches())) {
        if (stop.stop_requested()) {
            part.stopped = true;
            return;
        }
        parts().announceMicroBatch(prompts.size());
        const auto mine = std::span(examples).subspan(prompts.first, prompts.size());
        PromptCache cache;
        {
            const PartTimer timer(part.prefillSec);
            cache = parts().decoder->prefill(parts().promptsOf(mine), kPolicyAdapters);
        }
        const PartTimer timer(part.updateSec);
        const auto targets = collateTargets(mine);
        const auto scores = answerLogProbs(parts().decoder, cache, targets, kPolicyAdapters, 1.0,
                                           {.wantEntropy = true});
        const auto mask = answerMask(targets.lengths, scores.logProbs.size(1));
        const auto loss = sftLoss(scores.logProbs, mask.to(scores.logProbs.device()), stepTokens);
        part.loss += loss.item<double>();
        part.entropy += scores.entropy.sum().item<double>();
        addGradients(part.gradients, gradientsOf(loss, parts().parameters()));
    }
}

} // namespace viva
