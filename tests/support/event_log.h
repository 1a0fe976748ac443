// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_listener.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace viva::test {

/// A listener that keeps everything and lets a test wait for something to have happened.
class EventLog final : public TrainingListener {
public:
    std::chrono::microseconds slowness{0}; ///< sleeps so long in every event; set before start

    void onEvent(const TrainingEvent& event) override {
        if (slowness.count() > 0)
            std::this_thread::sleep_for(slowness);
        {
            const std::lock_guard lock(m_mutex);
            m_events.push_back(event);
            m_threads.push_back(std::this_thread::get_id());
        }
        m_changed.notify_all();
    }
    [[nodiscard]] std::vector<TrainingEvent> events() const {
        const std::lock_guard lock(m_mutex);
        return m_events;
    }
    [[nodiscard]] std::vector<std::thread::id> threads() const {
        const std::lock_guard lock(m_mutex);
        return m_threads;
    }
    template<typename Event>
    [[nodiscard]] std::vector<Event> all() const {
        std::vector<Event> out;
        for (const TrainingEvent& event : events())
            if (const auto* found = std::get_if<Event>(&event))
                out.push_back(*found);
        return out;
    }
    /// The states in order, repetitions (progress) left out.
    [[nodiscard]] std::vector<RunState> states() const {
        std::vector<RunState> out;
        for (const StateEvent& event : all<StateEvent>())
            if (out.empty() || out.back() != event.state)
                out.push_back(event.state);
        return out;
    }
    /// Waits until `enough` holds of what came in; false after ten seconds.
    [[nodiscard]] bool
    waitFor(const std::function<bool(const std::vector<TrainingEvent>&)>& enough) {
        std::unique_lock lock(m_mutex);
        return m_changed.wait_for(lock, std::chrono::seconds(10), [&] { return enough(m_events); });
    }
    [[nodiscard]] bool waitForState(RunState state) {
        return waitFor([state](const std::vector<TrainingEvent>& events) {
            for (auto it = events.rbegin(); it != events.rend(); ++it)
                if (const auto* found = std::get_if<StateEvent>(&*it))
                    return found->state == state;
            return false;
        });
    }
    [[nodiscard]] bool waitForStep(std::int64_t step) {
        return waitFor([step](const std::vector<TrainingEvent>& events) {
            for (const TrainingEvent& event : events)
                if (const auto* found = std::get_if<StepEvent>(&event))
                    if (found->step >= step)
                        return true;
            return false;
        });
    }

private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    std::vector<TrainingEvent> m_events;
    std::vector<std::thread::id> m_threads;
};

[[nodiscard]] inline std::vector<std::int64_t> stepsOf(const EventLog& log) {
    std::vector<std::int64_t> out;
    for (const StepEvent& event : log.all<StepEvent>())
        out.push_back(event.step);
    return out;
}

[[nodiscard]] inline std::vector<std::int64_t> upTo(std::int64_t count) {
    std::vector<std::int64_t> out;
    for (std::int64_t i = 1; i <= count; ++i)
        out.push_back(i);
    return out;
}

[[nodiscard]] inline RunState lastState(const EventLog& log) {
    const auto events = log.events();
    const auto* last = events.empty() ? nullptr : std::get_if<StateEvent>(&events.back());
    return last ? last->state : RunState::Idle;
}

} // namespace viva::test
