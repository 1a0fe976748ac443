// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/generator.h"
#include "core/model/log_probs.h"
#include "core/speech/train_example.h"
#include "core/train/micro_batches.h"

#include <torch/torch.h>

#include <span>
#include <vector>

namespace viva {

/// Whose completion a row of a micro-batch is.
struct AnswerIndex {
    std::size_t group = 0;  ///< in the step
    std::size_t answer = 0; ///< in the group
};

/// Answers without those that a prompt got twice. A policy that grows sure of itself gives the same
/// answer again and again, and its log-probs need computing only once.
struct DistinctAnswers {
    AnswerBatch answers;
    torch::Tensor copyOf; ///< [rows] int64: each row's place in `answers`

    /// [distinct, time] to [rows, time].
    [[nodiscard]] torch::Tensor toRows(const torch::Tensor& values) const;
};

[[nodiscard]] DistinctAnswers distinctAnswers(const AnswerBatch& answers);

/// The completions of a micro-batch: the samples of all prompts, row = prompt * samples + member,
/// then the references, prompt by prompt. Complete when it exists; every later phase only reads it.
struct Rollout {
    MicroBatch batch;
    AnswerBatch answers;
    DistinctAnswers distinct;
    std::vector<AnswerIndex> rows; ///< per row
    std::vector<bool> finished;    ///< per row
    std::size_t samples = 0;       ///< rows that were sampled; the rest are references
    torch::Tensor sampledLogProbs; ///< [rows, time] float32, CPU; before top-k, top-p, min-p
    torch::Tensor samplerLogProbs; ///< same, as sampled; NaN for references; undefined without
                                   ///< importance_sampling_correction
    torch::Tensor offPolicy;       ///< [rows] bool, true = a reference; undefined without any
};

/// How many rows of which kind a micro-batch has.
struct RolloutOptions {
    int samples = 0;          ///< a prompt
    int references = 0;       ///< a prompt, at most
    bool keepSampler = false; ///< importance_sampling_correction
    std::int64_t step = 1;    ///< 1-based
};

/// What was sampled for the prompts of a micro-batch, with up to `references` references of each
/// behind the samples. When a prompt has more, the step's number says with which one it begins, so
/// that all of them take part in time. `examples`: of the whole step.
[[nodiscard]] Rollout rolloutOf(const MicroBatch& batch, Generated generated,
                                std::span<const TrainExample> examples,
                                const RolloutOptions& options);

/// Tokens of a row.
[[nodiscard]] std::span<const std::int64_t> rowTokens(const AnswerBatch& answers, std::size_t row);

/// The first `length` values of row `row` of a [rows, time] float tensor on the CPU.
[[nodiscard]] std::vector<float> rowValues(const torch::Tensor& tensor, std::int64_t row,
                                           std::int64_t length);

/// The samples' part of a mask [rows, time].
[[nodiscard]] torch::Tensor sampleMask(const Rollout& rollout, const torch::Tensor& mask);

} // namespace viva
