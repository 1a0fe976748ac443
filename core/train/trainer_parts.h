// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder.h"
#include "core/model/lora_adapter.h"
#include "core/nn/worker_pool.h"
#include "core/objective/answer_scorer.h"
#include "core/speech/train_example.h"

#include <functional>
#include <span>
#include <vector>

namespace viva {

/// What a trainer works with; everything is borrowed and must outlive it.
struct TrainerParts {
    Decoder decoder{nullptr};
    LoraAdapter* adapter = nullptr; ///< in the slot Trained of the decoder
    NamedTensors weights{};         ///< of the model, trained whole beside the adapter
    /// Prompts of the policy and of the reference; empty: the examples' own embeddings.
    std::function<PromptBatch(std::span<const TrainExample>)> prompts{};
    std::function<PromptBatch(std::span<const TrainExample>)> referencePrompts{};
    Decoder referenceDecoder{nullptr}; ///< where weights of the decoder are trained; else empty
    ExampleSource* examples = nullptr;
    WorkerPool* pool = nullptr;
    AnswerTexts texts;
    AnswerScorer score;
    std::vector<std::int64_t> eosTokenIds;
    /// Called before each micro-batch's forward with the number of its prompts; tests throw from it
    /// what a full memory would.
    std::function<void(std::int64_t prompts)> beforeMicroBatch;

    /// What is differentiated: the adapter's factors, then the weights.
    [[nodiscard]] std::vector<torch::Tensor> parameters() const;
    [[nodiscard]] PromptBatch promptsOf(std::span<const TrainExample> examples) const;
    [[nodiscard]] PromptBatch referencePromptsOf(std::span<const TrainExample> examples) const;
    void announceMicroBatch(std::size_t prompts) const;
};

} // namespace viva
