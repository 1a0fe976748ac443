// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/events/training_event.h"
#include "core/rl/entropy.h"
#include "core/train/data_order.h"
#include "core/train/gradient_sum.h"
#include "core/train/optimizer.h"
#include "core/train/step_report.h"
#include "core/train/trainer_parts.h"

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

using TrainEventSink = std::function<void(TrainingEvent)>;

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
    /// What is left of a step whose update has been applied.
    using StepEnd = std::function<StepReport()>;

    /// Does a step on these examples up to its last update; nullopt when stopped. It is tried again
    /// when memory runs out, and runStep takes back what earlier updates of it have changed. What
    /// comes behind the last update is in the StepEnd, which is called once and never repeated, so
    /// that an update is applied once.
    virtual std::optional<StepEnd> attempt(const std::vector<TrainExample>& examples,
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
    /// Micro-batches that a worker splits its prompts of an update into; more when memory was full.
    [[nodiscard]] int microBatches() const { return m_microBatches; }
    [[nodiscard]] std::int64_t currentStep() const { return m_progress.step + 1; }
    [[nodiscard]] double learningRate() const;
    [[nodiscard]] const TrainConfig& config() const { return m_config; }
    [[nodiscard]] const TrainerParts& parts() const { return m_parts; }

private:
    /// Optimised values into parameters that keep fewer digits.
    void publish();

    std::optional<StepEnd> attemptWithRetries(const std::vector<TrainExample>& examples,
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
    int m_microBatches;
};

/// The GRPO trainer or the SFT trainer, as the configuration's objective says.
/// @throws Error(InvalidArgument) for another objective.
[[nodiscard]] std::unique_ptr<Trainer> makeTrainer(const TrainConfig& config, TrainerParts parts);

} // namespace viva
