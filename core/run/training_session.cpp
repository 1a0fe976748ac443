// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_session.h"

#include "core/base/log.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace viva {

struct TrainingSession::Impl {
    // --- immutable after construction
    EngineFactory factory;
    std::vector<TrainingListener*> listeners;
    std::stop_source stopping;

    // --- shared; guarded by `mutex` where not atomic
    std::mutex mutex;
    std::condition_variable changed;
    bool started = false;
    bool done = false; ///< the final state was reported
    bool pauseWanted = false;
    int singleSteps = 0;
    bool evaluationWanted = false;
    bool checkpointWanted = false;
    int saveSteps = 0;
    int evalSteps = 0;
    std::atomic<RunState> state{RunState::Idle};

    // --- own thread only
    std::unique_ptr<TrainingEngine> engine;
    EventSink sink;
    std::int64_t savedStep = 0; ///< the step that the newest checkpoint holds

    /// Destroyed first: joins the thread while everything above is still there.
    std::jthread thread;

    [[nodiscard]] bool stopAsked() const { return stopping.stop_requested(); }

    void launch(bool paused) {
        const std::lock_guard lock(mutex);
        if (started)
            return;
        started = true;
        pauseWanted = pauseWanted || paused;
        thread = std::jthread([this] { run(); });
    }

    void command(const std::function<void()>& change) {
        {
            const std::lock_guard lock(mutex);
            change();
        }
        changed.notify_all();
    }

    void send(const TrainingEvent& event) const {
        for (TrainingListener* listener : listeners) {
            try {
                listener->onEvent(event);
            } catch (...) {
                // Listeners promise not to throw; one that does must not end the run.
                log(LogLevel::Error, "session", currentErrorInfo().text());
            }
        }
    }

    void report(RunState next, std::string message = {}) {
        state = next;
        send(StateEvent{next, std::move(message), -1});
    }

    /// Lets the engine's events through; the state itself belongs to the session.
    void forward(TrainingEvent event) {
        if (auto* progress = std::get_if<StateEvent>(&event))
            progress->state = state;
        send(event);
    }

    void run() {
        RunState final = RunState::Failed;
        try {
            sink = [this](TrainingEvent event) { forward(std::move(event)); };
            final = work();
        } catch (...) {
            send(FailureEvent{currentErrorInfo()});
        }
        engine.reset();
        report(final);
        command([this] { done = true; });
    }

    RunState work() {
        if (stopAsked())
            return RunState::Stopped;
        report(RunState::Preparing);
        engine = factory();
        engine->prepare(sink, stopping.get_token());
        if (stopAsked())
            return RunState::Stopped;
        savedStep = engine->stepsDone();
        bool baselineWanted = engine->stepsDone() == 0;
        while (!stopAsked() && engine->stepsDone() < engine->totalSteps()) {
            if (!waitForTurn())
                continue;
            if (std::exchange(baselineWanted, false))
                evaluate(true);
            else
                oneStep();
        }
        return stopAsked() ? stopped() : finished();
    }

    RunState stopped() {
        report(RunState::Stopping);
        save();
        return RunState::Stopped;
    }

    /// Saves before the last evaluation, which may take long: the work is safe by then.
    RunState finished() {
        save();
        evaluate(true);
        return stopAsked() ? RunState::Stopped : RunState::Finished;
    }

    /// Blocks while paused, serving requests. True when there is a step to make.
    bool waitForTurn() {
        std::unique_lock lock(mutex);
        if (evaluationWanted || checkpointWanted) {
            const bool alsoEvaluate = std::exchange(evaluationWanted, false);
            const bool alsoSave = std::exchange(checkpointWanted, false);
            lock.unlock();
            if (alsoEvaluate)
                evaluate(false);
            if (alsoSave)
                save(true);
            return false;
        }
        if (pauseWanted && singleSteps == 0) {
            lock.unlock();
            if (state != RunState::Paused)
                report(RunState::Paused);
            lock.lock();
            changed.wait(lock, [this] {
                return stopAsked() || !pauseWanted || singleSteps > 0 || evaluationWanted ||
                       checkpointWanted;
            });
            return false;
        }
        return true;
    }

    void takeTurn() {
        const std::lock_guard lock(mutex);
        if (singleSteps > 0)
            --singleSteps;
    }

    void oneStep() {
        takeTurn();
        if (state != RunState::Running)
            report(RunState::Running);
        if (!engine->runStep(sink, stopping.get_token())) {
            // The engine gave the step up without being asked to: it said why in a note, and a
            // person decides how to go on.
            command([this] {
                pauseWanted = true;
                singleSteps = 0;
            });
            return;
        }
        int saveEvery = 0;
        int evaluateEvery = 0;
        {
            const std::lock_guard lock(mutex);
            saveEvery = saveSteps;
            evaluateEvery = evalSteps;
        }
        const std::int64_t step = engine->stepsDone();
        if (step == engine->totalSteps())
            return;
        // Evaluated first: a checkpoint that is gone back to has its step's evaluation recorded.
        if (evaluateEvery > 0 && step % evaluateEvery == 0)
            evaluate(false);
        if (saveEvery > 0 && step % saveEvery == 0 && !stopAsked())
            save();
    }

    void evaluate(bool full) {
        if (stopAsked())
            return;
        report(RunState::Evaluating);
        engine->evaluate(full, sink, stopping.get_token());
    }

    /// Writes a checkpoint unless the newest one already holds this step.
    void save(bool always = false) {
        if (!always && engine->stepsDone() == savedStep)
            return;
        engine->saveCheckpoint(sink);
        savedStep = engine->stepsDone();
    }
};

TrainingSession::TrainingSession(EngineFactory factory, std::vector<TrainingListener*> listeners)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->factory = std::move(factory);
    m_impl->listeners = std::move(listeners);
}

TrainingSession::~TrainingSession() {
    stop();
    wait();
}

void TrainingSession::start() {
    m_impl->launch(false);
}

void TrainingSession::startPaused() {
    m_impl->launch(true);
}

void TrainingSession::pause() {
    m_impl->command([this] {
        m_impl->pauseWanted = true;
        m_impl->singleSteps = 0;
    });
}

void TrainingSession::resume() {
    m_impl->command([this] {
        m_impl->pauseWanted = false;
        m_impl->singleSteps = 0;
    });
}

void TrainingSession::stepOnce() {
    m_impl->command([this] {
        m_impl->pauseWanted = true;
        ++m_impl->singleSteps;
    });
}

void TrainingSession::stop() {
    // Outside the lock: an engine may have callbacks on its token.
    m_impl->stopping.request_stop();
    m_impl->command([] {});
}

void TrainingSession::requestEvaluation() {
    m_impl->command([this] { m_impl->evaluationWanted = true; });
}

void TrainingSession::requestCheckpoint() {
    m_impl->command([this] { m_impl->checkpointWanted = true; });
}

void TrainingSession::wait() {
    std::unique_lock lock(m_impl->mutex);
    m_impl->changed.wait(lock, [this] { return !m_impl->started || m_impl->done; });
}

RunState TrainingSession::state() const {
    return m_impl->state;
}

void TrainingSession::setIntervals(int saveSteps, int evalSteps) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->saveSteps = saveSteps;
    m_impl->evalSteps = evalSteps;
}

} // namespace viva
