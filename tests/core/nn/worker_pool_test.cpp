// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/worker_pool.h"

#include "core/base/error.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace viva {
namespace {

TEST(WorkerPool, RunsEverySliceOnItsOwnThreadWithOneOperatorThread) {
    WorkerPool pool(3);
    std::vector<std::thread::id> first(3);
    std::vector<std::thread::id> second(3);
    std::vector<int> threads(3);
    pool.run([&](int worker) {
        first[static_cast<std::size_t>(worker)] = std::this_thread::get_id();
        threads[static_cast<std::size_t>(worker)] = at::get_num_threads();
    });
    pool.run(
        [&](int worker) { second[static_cast<std::size_t>(worker)] = std::this_thread::get_id(); });
    EXPECT_EQ(first, second);
    EXPECT_EQ(std::set<std::thread::id>(first.begin(), first.end()).size(), 3U);
    EXPECT_EQ(threads, (std::vector<int>{1, 1, 1}));
}

TEST(WorkerPool, ThrowsTheExceptionOfTheLowestWorkerAfterAllAreDone) {
    WorkerPool pool(4);
    std::vector<int> done(4);
    try {
        pool.run([&](int worker) {
            done[static_cast<std::size_t>(worker)] = 1;
            if (worker > 0)
                throw Error(ErrorCode::Internal, std::to_string(worker));
        });
        FAIL() << "swallowed";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "1");
    }
    EXPECT_EQ(done, (std::vector<int>{1, 1, 1, 1}));
    pool.run([&](int) {}); // the old exceptions are gone
}

TEST(WorkerPool, SlicesCoverEverythingOnce) {
    for (const std::size_t count : {0U, 1U, 7U, 8U, 9U}) {
        std::size_t next = 0;
        for (int worker = 0; worker < 4; ++worker) {
            const auto slice = sliceOf(count, worker, 4);
            EXPECT_EQ(slice.first, next);
            EXPECT_LE(slice.size(), count / 4 + 1);
            next = slice.last;
        }
        EXPECT_EQ(next, count);
    }
}

TEST(WorkerPool, NeedsAWorker) {
    EXPECT_THROW(WorkerPool pool(0), Error);
}

} // namespace
} // namespace viva
