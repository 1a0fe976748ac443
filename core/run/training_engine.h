// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace viva {

using EventSink = std::function<void(TrainingEvent)>;

/// What a TrainingSession drives: one run's model, data, optimiser. Every call comes from the
/// session's one thread. Long calls read the stop token every micro-batch and every sampled token
/// and return early; what was begun is then thrown away, never half applied.
class TrainingEngine {
public:
    virtual ~TrainingEngine() = default;

    /// Loads model and data, encodes the clips, restores the checkpoint if there is one to resume.
    /// Sends StateEvent progress and one RunInfoEvent.
    virtual void prepare(const EventSink& sink, std::stop_token stop) = 0;
    /// Steps done so far; 0 at the start, more after a resume.
    [[nodiscard]] virtual std::int64_t stepsDone() const = 0;
    [[nodiscard]] virtual std::int64_t totalSteps() const = 0;
    /// One optimiser step: collect, score, weigh, update, report. False when it was stopped before
    /// the update was applied (nothing changed then, and nothing but notes was sent).
    virtual bool runStep(const EventSink& sink, std::stop_token stop) = 0;
    /// Evaluates the held-out splits; sends one EvaluationEvent (none when stopped early).
    virtual void evaluate(bool full, const EventSink& sink, std::stop_token stop) = 0;
    /// Writes everything a bit-exact resume needs; sends one CheckpointEvent.
    virtual void saveCheckpoint(const EventSink& sink) = 0;
};

using EngineFactory = std::function<std::unique_ptr<TrainingEngine>()>;

} // namespace viva
