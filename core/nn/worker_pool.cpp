// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/worker_pool.h"

#include "core/base/error.h"
#include "core/nn/device.h"

#include <fmt/format.h>

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace viva {

struct WorkerPool::Impl {
    // Shared, guarded by mutex
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable done;
    const std::function<void(int)>* task = nullptr;
    std::uint64_t round = 0;
    int running = 0;
    bool closing = false;
    std::vector<std::exception_ptr> failures;

    // Owner thread only
    std::vector<std::jthread> threads;

    void work(int worker) {
        useOneOperatorThread();
        std::uint64_t seen = 0;
        while (true) {
            const std::function<void(int)>* job = nullptr;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [&] { return closing || round != seen; });
                if (closing)
                    return;
                seen = round;
                job = task;
            }
            std::exception_ptr failure;
            try {
                (*job)(worker);
            } catch (...) {
                failure = std::current_exception();
            }
            const std::lock_guard lock(mutex);
            failures[static_cast<std::size_t>(worker)] = failure;
            if (--running == 0)
                done.notify_one();
        }
    }
};

WorkerPool::WorkerPool(int workers) : m_impl(std::make_unique<Impl>()) {
    if (workers < 1)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("WorkerPool: {} workers asked for; there must be at least one", workers));
    m_impl->failures.resize(static_cast<std::size_t>(workers));
    for (int worker = 0; worker < workers; ++worker)
        m_impl->threads.emplace_back([impl = m_impl.get(), worker] { impl->work(worker); });
}

WorkerPool::~WorkerPool() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->closing = true;
    }
    m_impl->wake.notify_all();
    m_impl->threads.clear();
}

int WorkerPool::size() const {
    return static_cast<int>(m_impl->threads.size());
}

void WorkerPool::run(const std::function<void(int)>& task) {
    std::exception_ptr first;
    {
        std::unique_lock lock(m_impl->mutex);
        m_impl->task = &task;
        m_impl->running = size();
        ++m_impl->round;
        m_impl->wake.notify_all();
        m_impl->done.wait(lock, [&] { return m_impl->running == 0; });
        for (auto& failure : m_impl->failures) {
            if (failure && !first)
                first = failure;
            failure = nullptr;
        }
    }
    if (first)
        std::rethrow_exception(first);
}

Slice sliceOf(std::size_t count, int worker, int workers) {
    const auto part = static_cast<std::size_t>(worker);
    const auto parts = static_cast<std::size_t>(workers);
    return {count * part / parts, count * (part + 1) / parts};
}

} // namespace viva
