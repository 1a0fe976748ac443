// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

namespace viva {

/// Persistent workers with one operator thread each, for work that is cut into one slice a worker.
///
/// One owner thread calls run(); it does nothing itself until all workers are done, so that what
/// they wrote is visible to it and nothing outlives the call. Slices, not a queue: which worker
/// does what never depends on timing.
class WorkerPool {
public:
    /// @throws Error(InvalidArgument) for fewer than one worker.
    explicit WorkerPool(int workers);
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    [[nodiscard]] int size() const;

    /// Runs task(0) .. task(size() - 1), each on its own thread, and waits for all. The exception
    /// of the lowest worker that threw is thrown on; the others' are dropped.
    void run(const std::function<void(int worker)>& task);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

/// [first, last) of worker's share of `count` items: neighbouring sizes differ by one at most.
struct Slice {
    std::size_t first = 0;
    std::size_t last = 0;
    [[nodiscard]] std::size_t size() const { return last - first; }
};
[[nodiscard]] Slice sliceOf(std::size_t count, int worker, int workers);

} // namespace viva
