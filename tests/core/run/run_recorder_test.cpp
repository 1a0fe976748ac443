// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/run_recorder.h"

#include "core/store/project_store.h"
#include "tests/support/fake_engine.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temp_dir.h"

#include <future>
#include <gtest/gtest.h>

namespace viva {
namespace {

using namespace std::chrono_literals;
using test::FakeEngine;
using test::FakeScript;
using test::FileSizeLimit;
using test::TempDir;

struct Stage {
    TempDir dir;
    std::filesystem::path project = dir / "a.viva";
    std::unique_ptr<ProjectStore> store = ProjectStore::open(project);
    RunId run = store->createRun("run", "{}");
    FakeScript script;
    FakeEngine engine{script};

    void sendStep(RunRecorder& recorder, std::int64_t step) const {
        recorder.onEvent(GroupEvent{FakeEngine::group(step, 0)});
        recorder.onEvent(engine.stepEvent(step));
    }
    [[nodiscard]] std::vector<std::int64_t> steps() const {
        std::vector<std::int64_t> out;
        for (const MetricPoint& point : store->series(run, "reward"))
            out.push_back(point.step);
        return out;
    }
};

std::vector<std::int64_t> range(std::int64_t from, std::int64_t to) {
    std::vector<std::int64_t> out;
    for (; from <= to; ++from)
        out.push_back(from);
    return out;
}

TEST(RunRecorder, WritesEverythingInOrderByTheTimeItIsDestroyed) {
    Stage stage;
    {
        RunRecorder recorder(stage.project, stage.run);
        for (std::int64_t step = 1; step <= 1000; ++step)
            stage.sendStep(recorder, step);
        recorder.onEvent(StateEvent{RunState::Finished, "", -1});
    }
    EXPECT_EQ(stage.steps(), range(1, 1000));
    EXPECT_EQ(stage.store->lastGroupStep(stage.run), 1000);
    EXPECT_EQ(stage.store->run(stage.run)->state, RunState::Finished);
    EXPECT_EQ(stage.store->run(stage.run)->stepsDone, 1000);
}

TEST(RunRecorder, FlushReturnsWhenAllIsOnDisk) {
    Stage stage;
    RunRecorder recorder(stage.project, stage.run, {}, {.interval = 1h});
    stage.sendStep(recorder, 1);
    recorder.flush();
    EXPECT_EQ(stage.steps(), range(1, 1));
    recorder.flush();
    stage.sendStep(recorder, 2);
    recorder.flush();
    EXPECT_EQ(stage.steps(), range(1, 2));
}

TEST(RunRecorder, AFullBatchIsWrittenWithoutWaitingForTheInterval) {
    Stage stage;
    RunRecorder recorder(stage.project, stage.run, {}, {.batch = 8, .interval = 1h});
    for (std::int64_t step = 1; step <= 4; ++step)
        stage.sendStep(recorder, step);
    for (int i = 0; i < 500 && stage.steps().empty(); ++i)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(stage.steps(), range(1, 4));
}

TEST(RunRecorder, TheIntervalWritesSmallBatches) {
    Stage stage;
    RunRecorder recorder(stage.project, stage.run, {}, {.interval = 20ms});
    stage.sendStep(recorder, 1);
    for (int i = 0; i < 500 && stage.steps().empty(); ++i)
        std::this_thread::sleep_for(10ms);
    EXPECT_EQ(stage.steps(), range(1, 1));
}

TEST(RunRecorder, EventsReturnAtOnceWhileTheDatabaseIsBusy) {
    Stage stage;
    RunRecorder recorder(stage.project, stage.run, {}, {.interval = 1ms});
    std::promise<void> release;
    // A reader of 1 s cannot stop a WAL writer, so the queue is filled faster than a disk can take
    // it.
    const auto begin = std::chrono::steady_clock::now();
    for (std::int64_t step = 1; step <= 3000; ++step)
        stage.sendStep(recorder, step);
    const auto sending = std::chrono::steady_clock::now() - begin;
    recorder.flush();
    const auto writing = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(sending * 2, writing) << "sending must not wait for writing";
    EXPECT_EQ(stage.steps().size(), 3000U);
}

TEST(RunRecorder, AResumedRunForgetsTheStepsBeyondItsCheckpoint) {
    Stage stage;
    {
        RunRecorder recorder(stage.project, stage.run);
        for (std::int64_t step = 1; step <= 9; ++step)
            stage.sendStep(recorder, step);
    }
    {
        RunRecorder recorder(stage.project, stage.run);
        RunInfoEvent info;
        info.firstStep = 6;
        info.totalSteps = 12;
        recorder.onEvent(info);
        recorder.flush();
        EXPECT_EQ(stage.steps(), range(1, 5));
        EXPECT_EQ(stage.store->run(stage.run)->stepsDone, 5);
        for (std::int64_t step = 6; step <= 12; ++step)
            stage.sendStep(recorder, step);
    }
    EXPECT_EQ(stage.steps(), range(1, 12));
    EXPECT_EQ(stage.store->groupsOfExample(stage.run, "clip0").size(), 12U);
}

TEST(RunRecorder, AFullDiskIsSaidOnceAndNothingOnDiskIsLost) {
    Stage stage;
    std::atomic<int> troubles{0};
    std::promise<ErrorInfo> first;
    {
        RunRecorder recorder(stage.project, stage.run,
                             [&](const ErrorInfo& error) {
                                 if (troubles++ == 0)
                                     first.set_value(error);
                             },
                             {.interval = 5ms, .retryInterval = 20ms});
        for (std::int64_t step = 1; step <= 20; ++step)
            stage.sendStep(recorder, step);
        recorder.flush();
        ASSERT_EQ(stage.steps(), range(1, 20));
        FileSizeLimit full(4096);
        for (std::int64_t step = 21; step <= 40; ++step)
            stage.sendStep(recorder, step);
        recorder.flush(); // returns although nothing could be written
        auto said = first.get_future();
        ASSERT_EQ(said.wait_for(10s), std::future_status::ready);
        const ErrorInfo trouble = said.get();
        EXPECT_EQ(trouble.code, ErrorCode::Io);
        EXPECT_NE(trouble.message.find("project.sqlite"), std::string::npos) << trouble.message;
        EXPECT_FALSE(recorder.healthy());
        std::this_thread::sleep_for(100ms); // several retries
        EXPECT_EQ(troubles, 1);
        EXPECT_EQ(stage.steps(), range(1, 20));
        full.lift();
        for (int i = 0; i < 500 && !recorder.healthy(); ++i)
            std::this_thread::sleep_for(10ms);
        EXPECT_TRUE(recorder.healthy());
        EXPECT_EQ(recorder.dropped(), 0U);
    }
    EXPECT_EQ(stage.steps(), range(1, 40)) << "what was kept in memory is written later, in order";
}

TEST(RunRecorder, MemoryStaysBoundedWhileTheDiskRefusesAndGroupsGoFirst) {
    Stage stage;
    {
        RunRecorder recorder(stage.project, stage.run, {},
                             {.interval = 1ms, .retryInterval = 1ms, .keep = 150});
        recorder.flush();
        FileSizeLimit full(4096);
        for (std::int64_t step = 1; step <= 100; ++step)
            stage.sendStep(recorder, step);
        recorder.flush();
        EXPECT_EQ(recorder.dropped(), 50U);
        full.lift();
    }
    EXPECT_EQ(stage.steps(), range(1, 100)) << "curves are kept longer than answers";
    EXPECT_EQ(stage.store->groupsOfExample(stage.run, "clip0").size(), 50U);
}

TEST(RunRecorder, RefusesAPlaceThatIsNoProject) {
    TempDir dir;
    try {
        RunRecorder recorder(dir / "missing" / "a.viva", 1);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io);
    }
}

} // namespace
} // namespace viva
