// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_listener.h"
#include "core/run/training_engine.h"

#include <memory>

namespace viva {

/// Runs a TrainingEngine on a thread of its own and tells listeners what happens.
///
/// The contract: one std::jthread owns the engine from making to destruction; commands may come
/// from any thread and only set flags; events go to the listeners on the session's thread, in
/// order, and the last one is always a StateEvent with a final state. A failure is a FailureEvent
/// followed by StateEvent{Failed}. Only wait() and the destructor block.
///
/// A run evaluates before its first and after its last step, saves when it stops and before the
/// last evaluation, and keeps the intervals in between. A step that the engine gives up without
/// being asked to (nothing fits into memory) pauses the run.
class TrainingSession {
public:
    /// Listeners are borrowed and must outlive the session.
    TrainingSession(EngineFactory factory, std::vector<TrainingListener*> listeners);
    ~TrainingSession(); ///< blocks: asks to stop and waits
    TrainingSession(const TrainingSession&) = delete;
    TrainingSession& operator=(const TrainingSession&) = delete;

    void start();             ///< never blocks; prepare, evaluate, then step until done
    void startPaused();       ///< never blocks; prepares, then waits for resume() or stepOnce()
    void pause();             ///< never blocks; takes effect after the step in progress
    void resume();            ///< never blocks
    void stepOnce();          ///< never blocks; exactly one step, then paused
    void stop();              ///< never blocks; saves a checkpoint, then Stopped
    void requestEvaluation(); ///< never blocks; after the step in progress
    void requestCheckpoint(); ///< never blocks; after the step in progress
    void wait();              ///< blocks until the final state was reported; at once before start()
    [[nodiscard]] RunState state() const; ///< never blocks
    /// How often to save and evaluate by itself, in steps; 0 = never. Set before start().
    void setIntervals(int saveSteps, int evalSteps);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
