// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_recorder.h"

#include "core/base/log.h"
#include "core/store/project_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace viva {

struct RunRecorder::Impl {
    // --- immutable after construction
    RunId run = 0;
    TroubleHandler onTrouble;
    RecorderLimits limits;

    // --- shared, guarded by `mutex` where not atomic
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<TrainingEvent> queue;
    std::uint64_t sent = 0;    ///< events that came in
    std::uint64_t settled = 0; ///< of these: written, dropped, or tried in vain
    std::uint64_t flushTo = 0; ///< somebody waits until this many are settled
    std::uint64_t dropped = 0;
    bool closing = false;
    std::atomic<bool> healthy{true};

    // --- own thread only
    std::unique_ptr<ProjectStore> store;
    std::vector<TrainingEvent> pending; ///< taken from the queue, not yet on disk
    std::uint64_t taken = 0;

    /// Destroyed first: joins the thread while everything above is still there.
    std::jthread thread;

    void loop() {
        for (bool last = false; !last;) {
            last = takeBatch();
            if (!pending.empty())
                write();
            settle();
        }
        if (!pending.empty())
            log(LogLevel::Error, "session",
                fmt::format("{} events of run {} could not be written", pending.size(), run));
    }

    /// Waits for enough events, a flush, closing or the interval. True when it is the last batch.
    bool takeBatch() {
        std::unique_lock lock(mutex);
        const auto pause = healthy ? limits.interval : limits.retryInterval;
        const auto due = [this] {
            return closing || flushTo > settled || (healthy && queue.size() >= limits.batch);
        };
        if (queue.empty() && pending.empty())
            changed.wait(lock, [&] { return !queue.empty() || due(); });
        changed.wait_for(lock, pause, due);
        taken += queue.size();
        std::move(queue.begin(), queue.end(), std::back_inserter(pending));
        queue.clear();
        return closing;
    }

    void write() {
        try {
            store->appendEvents(run, pending);
            pending.clear();
            if (!healthy.exchange(true))
                log(LogLevel::Info, "session", "recording goes on");
        } catch (...) {
            const ErrorInfo trouble = currentErrorInfo();
            trim();
            if (!healthy.exchange(false))
                return; // said before
            log(LogLevel::Error, "session", trouble.text());
            if (onTrouble)
                onTrouble(trouble);
        }
    }

    /// Keeps memory bounded while the disk refuses: groups go first, they are large and many; then
    /// the oldest of the rest.
    void trim() {
        if (pending.size() <= limits.keep)
            return;
        std::size_t excess = pending.size() - limits.keep;
        const std::size_t before = pending.size();
        const auto isOldGroup = [&](const TrainingEvent& event) {
            if (excess == 0 || !std::holds_alternative<GroupEvent>(event))
                return false;
            --excess;
            return true;
        };
        pending.erase(std::remove_if(pending.begin(), pending.end(), isOldGroup), pending.end());
        pending.erase(pending.begin(), pending.begin() + static_cast<std::ptrdiff_t>(excess));
        const std::lock_guard lock(mutex);
        dropped += before - pending.size();
    }

    void settle() {
        {
            const std::lock_guard lock(mutex);
            settled = taken;
        }
        changed.notify_all();
    }
};

RunRecorder::RunRecorder(std::filesystem::path projectFolder, RunId run, TroubleHandler onTrouble,
                         RecorderLimits limits)
    : m_impl(std::make_unique<Impl>()) {
    m_impl->run = run;
    m_impl->onTrouble = std::move(onTrouble);
    m_impl->limits = limits;
    m_impl->store = ProjectStore::open(projectFolder);
    m_impl->thread = std::jthread([impl = m_impl.get()] { impl->loop(); });
}

RunRecorder::~RunRecorder() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->closing = true;
    }
    m_impl->changed.notify_all();
}

void RunRecorder::onEvent(const TrainingEvent& event) {
    bool wake = false;
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->queue.push_back(event);
        ++m_impl->sent;
        wake = m_impl->queue.size() == 1 || m_impl->queue.size() == m_impl->limits.batch;
    }
    if (wake)
        m_impl->changed.notify_all();
}

void RunRecorder::flush() {
    std::unique_lock lock(m_impl->mutex);
    const std::uint64_t target = m_impl->sent;
    m_impl->flushTo = std::max(m_impl->flushTo, target);
    m_impl->changed.notify_all();
    m_impl->changed.wait(lock, [&] { return m_impl->settled >= target; });
}

bool RunRecorder::healthy() const {
    return m_impl->healthy;
}

std::uint64_t RunRecorder::dropped() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->dropped;
}

} // namespace viva
