// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/group/group.h"
#include "core/model/generator.h"
#include "core/model/log_probs.h"
#include "core/rl/grpo_loss.h"
#include "core/train/train_example.h"
#include "core/train/worker_pool.h"

#include <torch/torch.h>

#include <vector>

namespace viva {

/// Neighbouring prompts of a step that go through the network together, and their answers. Row
/// = prompt * G + member, prompts counted from `prompts.first`.
struct GrpoMicroBatch {
    Slice prompts;
    PromptCache cache; ///< with graph while it is kept for the update
    bool cacheHasGraph = false;
    AnswerBatch answers;
    AnswerBatch distinct;          ///< the same, answers that a prompt got twice once only
    torch::Tensor copyOf;          ///< [rows] int64: each answer's row in `distinct`
    torch::Tensor sampledLogProbs; ///< [rows, time] float32, CPU; before top-k, top-p, min-p
    torch::Tensor mask;            ///< [rows, time] bool, CPU
    torch::Tensor advantages;      ///< [rows]
    torch::Tensor weights;         ///< [rows]
    torch::Tensor oldLogProbs;     ///< [rows, time], of the first inner update
    torch::Tensor refLogProbs;     ///< [rows, time]; undefined when not wanted
    torch::Tensor newLogProbs;     ///< [rows, time], CPU; of the last inner update
    torch::Tensor entropy;         ///< [rows, time], CPU; of the first inner update
    std::vector<bool> finished;    ///< per row
};

/// Seconds of a worker, by part of the step.
struct GrpoTimes {
    double prefill = 0;
    double generate = 0;
    double reward = 0;
    double reference = 0;
    double update = 0;
};

/// What one worker did in a step; nobody else touches it before the workers are done.
struct GrpoWorkerPart {
    std::vector<GrpoMicroBatch> microBatches;
    GrpoTimes times;
    GrpoLossSums sums;
    double loss = 0;
    bool stopped = false;
};

/// One optimiser step on its way.
struct GrpoStep {
    const std::vector<TrainExample>* examples = nullptr;
    std::vector<Group> groups; ///< one a prompt
    std::vector<GrpoWorkerPart> workers;
    std::int64_t number = 0; ///< 1-based
    double gradNorm = 0;
    double optimizerSec = 0;
};

/// The stream member `member` of a prompt samples from.
[[nodiscard]] Rng answerStream(std::uint64_t seed, std::int64_t step, std::size_t prompt,
                               int member);

/// The streams of a micro-batch, row by row.
[[nodiscard]] std::vector<Rng> answerStreams(std::uint64_t seed, std::int64_t step,
                                             const Slice& prompts, int members);

/// Fills `distinct` and `copyOf`. A policy that grows sure of itself gives the same answer again
/// and again, and its log-probs need computing only once: the copies share them, and their
/// gradients add.
void findDistinctAnswers(GrpoMicroBatch& micro);

/// Group, index, prompt and references of an example, still without answers.
[[nodiscard]] Group groupOf(const TrainExample& example, std::int64_t step, std::size_t prompt);

/// Row `row` of a [rows, time] float tensor on the CPU, cut to `length`.
[[nodiscard]] std::vector<float> rowValues(const torch::Tensor& tensor, std::int64_t row,
                                           std::int64_t length);

} // namespace viva
