// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace viva {

/// A serial queue: one thread that does jobs in the order they were posted, and owns what they work
/// with (a connection to the project, the run at work), so that none of it holds up the window.
///
/// post() may be called from any thread and never blocks for long; the destructor finishes the jobs
/// that were posted and joins.
class SerialQueue {
public:
    SerialQueue();
    ~SerialQueue();
    SerialQueue(const SerialQueue&) = delete;
    SerialQueue& operator=(const SerialQueue&) = delete;

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
