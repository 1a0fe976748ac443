// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/events/training_event.h"
#include "core/model/decoder.h"
#include "core/model/lora_adapter.h"
#include "core/nn/worker_pool.h"
#include "core/objective/answer_scorer.h"
#include "core/rl/entropy.h"
#include "core/speech/train_example.h"
#include "core/train/data_order.h"
#include "core/train/gradient_sum.h"
#include "core/train/optimizer.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace viva {

using TrainEventSink = std::function<void(TrainingEvent)>;

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
};

/// Where a run stands, apart from adapter and optimizer.
struct TrainerProgress {
    std::int64_t step = 0;     ///< optimiser steps done
    std::int64_t consumed = 0; ///< prompts taken from the data order
    std::int64_t tokens = 0;   ///< completion tokens so far
    std::int64_t samples = 0;  ///< answers so far
    double trainSec = 0;
};

/// Everything a resume needs beside the configuration. Random streams follow from seed, step,
/// prompt and member, so there is no generator to store.
struct TrainerState {
    TrainerProgress progress;
    std::vector<torch::Tensor> values; ///< of the adapter, then of the weights; float32
    AdamWState optimizer;
    std::optional<EntropyControlState> entropy; ///< of an entropy bonus
    std::vector<torch::Tensor> reference;       ///< adapter of a reference that moves; else empty
};

/// The loop around one kind of optimiser step. One thread owns it; a step shares work with the
/// workers of the pool and has all of them done before it reports.
class Trainer {
public:
    /// @throws Error(InvalidArgument) when there is nothing to train on.
    Trainer(const TrainConfig& config, TrainerParts parts);
    virtual ~Trainer() = default;
    Trainer(const Trainer&) = delete;
    Trainer& operator=(const Trainer&) = delete;

    /// One step. False when it was stopped before the update: then nothing has changed. When memory
    /// runs out the step is tried again with smaller micro-batches, which a NoteEvent says.
    /// @throws Error(OutOfMemory) when one prompt at a time does not fit either.
    bool runStep(const TrainEventSink& sink, std::stop_token stop);

    [[nodiscard]] const TrainerProgress& progress() const { return m_progress; }
    [[nodiscard]] TrainerState state() const;
    /// @throws Error(ShapeMismatch)
    void restore(const TrainerState& state);
    /// Names beside TrainerState::values.
    [[nodiscard]] std::vector<std::string> names() const;

protected:
    using Metrics = std::vector<std::pair<std::string, double>>;

    /// What a finished step has to say; sent by runStep after the update.
    struct StepReport {
        Metrics metrics;
        std::vector<Group> groups;
        std::int64_t tokens = 0;
        std::int64_t samples = 0;
    };

    /// Does the whole step on these examples; nullopt when stopped. The adapter and the optimizer
    /// may have been changed by then: runStep takes that back.
    virtual std::optional<StepReport> attempt(const std::vector<TrainExample>& examples,
                                              const std::stop_token& stop) = 0;

    /// What a kind of step remembers between steps, into a state and out of one.
    virtual void addState(TrainerState&) const {}
    virtual void takeState(const TrainerState&) {}

    /// The next examples of the data order, for an attempt that needs more than it was given. They
    /// count as used when the attempt succeeds.
    [[nodiscard]] std::vector<TrainExample> drawMore(std::size_t count);

    /// One update with the workers' gradients. Returns the norm before clipping; when that is not
    /// finite the update is left out, which the step says in a note.
    double applyUpdate(std::vector<Gradients> byWorker);
    /// Prompts of a worker, cut into micro-batches.
    [[nodiscard]] std::vector<Slice> microBatchesOf(std::size_t prompts, int worker) const;
    void announceMicroBatch(const Slice& prompts) const;
    [[nodiscard]] std::int64_t currentStep() const { return m_progress.step + 1; }
    [[nodiscard]] double learningRate() const;
    [[nodiscard]] const TrainConfig& config() const { return m_config; }
    [[nodiscard]] const TrainerParts& parts() const { return m_parts; }
    /// What is differentiated: the adapter's factors, then the weights.
    [[nodiscard]] const std::vector<torch::Tensor>& parameters() const { return m_parameters; }
    [[nodiscard]] PromptBatch promptsOf(std::span<const TrainExample> examples) const;
    [[nodiscard]] PromptBatch referencePromptsOf(std::span<const TrainExample> examples) const;

private:
    /// Optimised values into parameters that keep fewer digits.
    void publish();

    std::optional<StepReport> attemptWithRetries(const std::vector<TrainExample>& examples,
                                                 const TrainEventSink& sink,
                                                 const std::stop_token& stop);
    [[nodiscard]] bool shrinkMicroBatches(const TrainEventSink& sink, const std::string& reason);
    void send(StepReport report, double stepSec, const TrainEventSink& sink);

    TrainConfig m_config;
    TrainerParts m_parts;
    DataOrder m_order;
    std::vector<torch::Tensor> m_parameters;
    AdamW m_optimizer; ///< over m_parameters, or float32 copies of those that are not
    TrainerProgress m_progress;
    std::size_t m_drawn = 0;          ///< examples of the running attempt beyond the step's own
    std::vector<std::string> m_notes; ///< for people, sent with the step
    int m_cuts;                       ///< micro-batches a worker cuts its prompts into
};

/// Adds up the seconds of named parts of a step on one worker.
class PartTimer {
public:
    explicit PartTimer(double& total) : m_total(total), m_start(Clock::now()) {}
    ~PartTimer() { m_total += std::chrono::duration<double>(Clock::now() - m_start).count(); }
    PartTimer(const PartTimer&) = delete;
    PartTimer& operator=(const PartTimer&) = delete;

private:
    using Clock = std::chrono::steady_clock;
    double& m_total;
    Clock::time_point m_start;
};

/// The GRPO trainer or the SFT trainer, as the configuration's objective says.
/// @throws Error(InvalidArgument) for another objective.
[[nodiscard]] std::unique_ptr<Trainer> makeTrainer(const TrainConfig& config, TrainerParts parts);

} // namespace viva
