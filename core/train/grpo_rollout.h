// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/rng.h"
#include "core/group/group.h"
#include "core/model/generator.h"
#include "core/model/log_probs.h"
#include "core/nn/worker_pool.h"
#include "core/rl/grpo_loss.h"
#include "core/speech/train_example.h"

#include <torch/torch.h>

#include <span>
#include <vector>

namespace viva {

/// Whose answer a row of a micro-batch is.
struct RowPlace {
    std::size_t group = 0;  ///< in the step
    std::size_t answer = 0; ///< in the group
};

/// Neighbouring prompts of a step that go through the network together, and their answers: the
/// samples of all prompts, row = prompt * samples + member, then the references, prompt by prompt.
struct GrpoMicroBatch {
    Slice prompts;
    int update = 0;    ///< which of the generation's updates it belongs to
    PromptCache cache; ///< with graph while it is kept for the update
    bool cacheHasGraph = false;
    AnswerBatch answers;
    AnswerBatch distinct;           ///< the same, answers that a prompt got twice once only
    std::vector<RowPlace> places;   ///< per row
    std::size_t samples = 0;        ///< rows that were sampled; the rest are references
    torch::Tensor copyOf;           ///< [rows] int64: each answer's row in `distinct`
    torch::Tensor sampledLogProbs;  ///< [rows, time] float32, CPU; before top-k, top-p, min-p
    torch::Tensor samplerLogProbs;  ///< same, as sampled; NaN for references; with correction only
    torch::Tensor offPolicy;        ///< [rows] bool; undefined without references
    torch::Tensor mask;             ///< [rows, time] bool, CPU
    torch::Tensor advantages;       ///< [rows], or [rows, time] by span
    torch::Tensor weights;          ///< [rows]
    torch::Tensor entropyWeights;   ///< [rows]; with an entropy bonus only
    torch::Tensor entropyMask;      ///< [rows, time] bool, CPU; with a top_entropy_quantile only
    torch::Tensor oldLogProbs;      ///< [rows, time], before the first update that sees them
    torch::Tensor refLogProbs;      ///< [rows, time]; undefined when not wanted
    torch::Tensor newLogProbs;      ///< [rows, time], CPU; of the last inner update
    torch::Tensor entropy;          ///< [rows, time], CPU; of the first inner update
    std::vector<bool> finished;     ///< per row
    std::vector<std::size_t> cutOf; ///< per row: the micro-batch of TRL's that it counts in
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
    GrpoLossSums sums;     ///< of the last inner update
    double loss = 0;       ///< of the last inner update
    double entropySum = 0; ///< over the kept tokens of the running update
    bool stopped = false;
};

/// One optimiser step on its way.
struct GrpoStep {
    std::vector<TrainExample> examples;
    std::vector<Group> groups; ///< one a prompt
    std::vector<GrpoWorkerPart> workers;
    std::int64_t number = 0; ///< 1-based
    double gradNorm = 0;
    double optimizerSec = 0;
    double rewardSec = 0; ///< that the step waited for its rewards
    double sftCoefficient = 0;
    double entropyCoefficient = 0;
    double resampledGroups = 0;     ///< groups that other prompts took the place of
    double skippedGroups = 0;       ///< groups that were left out of the loss
    std::vector<double> keptTokens; ///< per cut: tokens of samples that the entropy bonus is over

    [[nodiscard]] std::span<const TrainExample> examplesOf(const Slice& prompts) const {
        return std::span(examples).subspan(prompts.first, prompts.size());
    }
};

/// The stream member `member` of a prompt samples from.
[[nodiscard]] Rng answerStream(std::uint64_t seed, std::int64_t step, std::size_t prompt,
                               int member);

/// The streams of a micro-batch, row by row.
[[nodiscard]] std::vector<Rng> answerStreams(std::uint64_t seed, std::int64_t step,
                                             const Slice& prompts, int members);

/// Takes over what was sampled for the prompts: ids, lengths and log-probs, `samples` rows each.
void takeSamples(GrpoMicroBatch& micro, Generated generated, int samples, bool keepSampler);

/// Adds up to `count` references of each prompt (examples[prompts.first ...]) behind the samples.
/// When a prompt has more, the step's number says with which one it begins, so that all of them
/// take part in time.
void addReferences(GrpoMicroBatch& micro, std::span<const TrainExample> examples, int count,
                   std::int64_t step);

/// Fills `distinct` and `copyOf`. A policy that grows sure of itself gives the same answer again
/// and again, and its log-probs need computing only once: the copies share them, and their
/// gradients add.
void findDistinctAnswers(GrpoMicroBatch& micro);

/// Group, index, prompt and references of an example, still without answers.
[[nodiscard]] Group groupOf(const TrainExample& example, std::int64_t step, std::size_t prompt);

/// Row `row` of a [rows, time] float tensor on the CPU, cut to `length`.
[[nodiscard]] std::vector<float> rowValues(const torch::Tensor& tensor, std::int64_t row,
                                           std::int64_t length);

/// Tokens of a row.
[[nodiscard]] std::span<const std::int64_t> rowTokens(const AnswerBatch& answers, std::size_t row);

} // namespace viva
