// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/run_host.h"

#include <utility>

namespace viva {

RunHost::RunHost() : m_thread([this] { loop(); }) {}

RunHost::~RunHost() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_woken.notify_one();
    m_thread.join();
}

void RunHost::post(std::function<void()> job) {
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_woken.notify_one();
}

void RunHost::loop() {
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
