// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/serial_queue.h"

#include <utility>

namespace viva {

SerialQueue::SerialQueue() : m_thread([this] { loop(); }) {}

SerialQueue::~SerialQueue() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_woken.notify_one();
    m_thread.join();
}

void SerialQueue::post(std::function<void()> job) {
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_woken.notify_one();
}

void SerialQueue::loop() {
    for (;;) {
        std::function<void()> job;
        {
            std::unique_lock lock(m_mutex);
            m_woken.wait(lock, [this] { return m_ending || !m_jobs.empty(); });
            if (m_jobs.empty())
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job();
    }
}

} // namespace viva
