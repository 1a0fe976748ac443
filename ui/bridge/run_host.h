// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace viva {

/// One thread that does jobs in the order they were posted. The project's writing connection and
/// the run at work live on it, so that making and taking down a run never holds up the window.
///
/// post() may be called from any thread and never blocks for long; the destructor finishes the jobs
/// that were posted and joins.
class RunHost {
public:
    RunHost();
    ~RunHost();
    RunHost(const RunHost&) = delete;
    RunHost& operator=(const RunHost&) = delete;

    void post(std::function<void()> job);

private:
    void loop();

    // shared, guarded by m_mutex
    std::mutex m_mutex;
    std::condition_variable m_woken;
    std::deque<std::function<void()>> m_jobs;
    bool m_ending = false;

    std::thread m_thread; ///< last, so that everything it uses is there before it
};

} // namespace viva
