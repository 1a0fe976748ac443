// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/heartbeat.h"
#include "ui/bridge/serial_queue.h"
#include "ui/bridge/task_runner.h"
#include "ui/bridge/training_bridge.h"

#include <QElapsedTimer>
#include <QTest>

#include <gtest/gtest.h>

#include <thread>

namespace viva {
namespace {

std::vector<TrainingEvent> flat(const std::vector<EventBatch>& batches) {
    std::vector<TrainingEvent> all;
    for (const EventBatch& batch : batches)
        all.insert(all.end(), batch->begin(), batch->end());
    return all;
}

StepEvent stepAt(std::int64_t step) {
    StepEvent event;
    event.step = step;
    return event;
}

class TrainingBridgeTest : public testing::Test {
protected:
    TrainingBridgeTest() {
        QObject::connect(
            &bridge, &TrainingBridge::eventsArrived, &bridge, [this](const EventBatch& batch) {
                batches.push_back(batch);
                onGuiThread = onGuiThread && QThread::currentThread() == bridge.thread();
            });
    }

    TrainingBridge bridge;
    std::vector<EventBatch> batches;
    bool onGuiThread = true;
};

TEST_F(TrainingBridgeTest, KeepsEveryEventOfAThreadInOrder) {
    constexpr int kSteps = 2000;
    std::thread trainer([this] {
        for (int step = 1; step <= kSteps; ++step) {
            bridge.onEvent(stepAt(step));
            if (step % 100 == 0)
                bridge.onEvent(CheckpointEvent{step, "c"});
        }
    });
    const auto arrived = [this] { return flat(batches).size() >= kSteps + kSteps / 100; };
    EXPECT_TRUE(QTest::qWaitFor(arrived, 5000));
    trainer.join();
    std::int64_t last = 0;
    int checkpoints = 0;
    for (const TrainingEvent& event : flat(batches)) {
        if (const auto* step = std::get_if<StepEvent>(&event)) {
            EXPECT_EQ(step->step, last + 1);
            last = step->step;
        } else {
            EXPECT_EQ(std::get<CheckpointEvent>(event).step, last);
            ++checkpoints;
        }
    }
    EXPECT_EQ(last, kSteps);
    EXPECT_EQ(checkpoints, kSteps / 100);
    EXPECT_TRUE(onGuiThread);
}

TEST_F(TrainingBridgeTest, LosesNothingOfSeveralThreads) {
    constexpr int kThreads = 4;
    constexpr int kEach = 500;
    std::vector<std::thread> threads;
    for (int number = 0; number < kThreads; ++number) {
        threads.emplace_back([this, number] {
            for (int step = 0; step < kEach; ++step)
                bridge.onEvent(stepAt(number * kEach + step));
        });
    }
    EXPECT_TRUE(QTest::qWaitFor([this] { return flat(batches).size() >= kThreads * kEach; }, 5000));
    for (std::thread& thread : threads)
        thread.join();
    std::vector<std::int64_t> next(kThreads, 0);
    for (const TrainingEvent& event : flat(batches)) {
        const std::int64_t step = std::get<StepEvent>(event).step;
        const auto number = static_cast<std::size_t>(step / kEach);
        EXPECT_EQ(step % kEach, next[number]) << "order within thread " << number;
        ++next[number];
    }
}

TEST_F(TrainingBridgeTest, SaysStepsAtMostTwentyTimesASecond) {
    QElapsedTimer clock;
    clock.start();
    int step = 0;
    while (clock.elapsed() < 600) {
        bridge.onEvent(stepAt(++step));
        QTest::qWait(1);
    }
    QTest::qWait(100);
    EXPECT_GT(step, 50);
    EXPECT_EQ(flat(batches).size(), static_cast<std::size_t>(step));
    EXPECT_LE(batches.size(),
              static_cast<std::size_t>(clock.elapsed() / TrainingBridge::kBeatMs + 2));
    EXPECT_GE(batches.size(), 3U);
}

TEST_F(TrainingBridgeTest, SaysAFailureBeforeTheNextBeat) {
    bridge.onEvent(stepAt(1));
    QCoreApplication::processEvents();
    ASSERT_EQ(batches.size(), 1U);
    bridge.onEvent(stepAt(2));
    bridge.onEvent(FailureEvent{});
    QCoreApplication::processEvents();
    ASSERT_EQ(batches.size(), 2U);
    EXPECT_EQ(batches[1]->size(), 2U);
}

TEST(TaskChannel, DropsTheAnswerToAnOlderQuestion) {
    TaskRunner runner;
    QObject context;
    TaskChannel channel(runner, &context);
    std::vector<int> answers;
    std::atomic<bool> release{false};
    channel.start(
        [&release] {
            while (!release)
                std::this_thread::yield();
            return 1;
        },
        [&answers](int answer) { answers.push_back(answer); });
    channel.start([] { return 2; }, [&answers](int answer) { answers.push_back(answer); });
    EXPECT_TRUE(QTest::qWaitFor([&answers] { return !answers.empty(); }, 2000));
    release = true;
    QTest::qWait(100);
    EXPECT_EQ(answers, std::vector<int>{2});
}

TEST(TaskChannel, DropsTheAnswerWhenTheAskerIsGone) {
    TaskRunner runner;
    auto context = std::make_unique<QObject>();
    TaskChannel channel(runner, context.get());
    std::atomic<bool> release{false};
    bool answered = false;
    channel.start(
        [&release] {
            while (!release)
                std::this_thread::yield();
            return 1;
        },
        [&answered](int) { answered = true; });
    context.reset();
    release = true;
    QTest::qWait(100);
    EXPECT_FALSE(answered);
}

TEST(TaskChannel, TellsWhatFailed) {
    TaskRunner runner;
    QObject context;
    TaskChannel channel(runner, &context);
    std::optional<ErrorInfo> failure;
    channel.start([]() -> int { throw Error(ErrorCode::Database, "broken"); },
                  [](int) { FAIL() << "there is no answer"; },
                  [&failure](const ErrorInfo& error) { failure = error; });
    EXPECT_TRUE(QTest::qWaitFor([&failure] { return failure.has_value(); }, 2000));
    EXPECT_EQ(failure->code, ErrorCode::Database);
}

TEST(SerialQueue, DoesJobsInOrderAndFinishesThem) {
    std::vector<int> done;
    {
        SerialQueue queue;
        for (int job = 0; job < 100; ++job)
            queue.post([&done, job] { done.push_back(job); });
    }
    ASSERT_EQ(done.size(), 100U);
    EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(Heartbeat, NoticesALoopThatWasHeldUp) {
    Heartbeat heart;
    heart.start();
    QTest::qWait(50);
    QThread::msleep(120);
    EXPECT_TRUE(QTest::qWaitFor([&] { return heart.beats() > 5; }, 20'000));
    EXPECT_GE(heart.worstDelayMs(), 100);
    EXPECT_GE(heart.worstOwnDelayMs(), 100);
}

} // namespace
} // namespace viva
