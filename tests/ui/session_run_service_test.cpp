// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/fake_engine.h"

#include "ui/bridge/heartbeat.h"
#include "ui/bridge/session_run_service.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

namespace viva {
namespace {

using test::FakeEngine;
using test::FakeScript;

class SessionRunServiceTest : public testing::Test {
protected:
    SessionRunServiceTest() {
        script.totalSteps = 20;
        script.stepTime = std::chrono::milliseconds(5);
        open();
    }

    void open() {
        SessionRunService::Setup setup;
        setup.projectFolder = place.filePath("T.viva").toStdString();
        setup.folders.demo = place.filePath("demo").toStdString();
        setup.folders.cache = place.filePath("cache").toStdString();
        setup.engine = [this](const RunSetup& run) {
            script.runFolder = run.runFolder;
            script.resume = run.resume;
            threads = run.config.threads;
            return std::make_unique<FakeEngine>(script);
        };
        runs = std::make_unique<SessionRunService>(setup);
        QObject::connect(runs.get(), &RunService::eventsArrived, runs.get(),
                         [this](const EventBatch& batch) {
                             for (const TrainingEvent& event : *batch) {
                                 if (const auto* step = std::get_if<StepEvent>(&event))
                                     steps.push_back(step->step);
                             }
                         });
        QObject::connect(runs.get(), &RunService::runFailed, runs.get(),
                         [this](const QString& sentence) { failures << sentence; });
    }
    [[nodiscard]] bool waitFor(RunState state) {
        return QTest::qWaitFor([this, state] { return runs->status().state == state; }, 8000);
    }
    static TrainConfig config() {
        TrainConfig config = TrainConfig::demo();
        config.maxSteps = 20;
        return config;
    }

    QTemporaryDir place;
    FakeScript script;
    std::unique_ptr<SessionRunService> runs;
    std::vector<std::int64_t> steps;
    QStringList failures;
    int threads = -1; ///< as the engine was told
};

TEST_F(SessionRunServiceTest, ARunHasTheThreadsOfItsConfigurationAsInTheConsole) {
    // How many workers there are decides the order of sums: the window may not take one away.
    for (const int wanted : {0, 1}) {
        TrainConfig asked = config();
        asked.threads = wanted;
        runs->startRun(asked, false);
        ASSERT_TRUE(waitFor(RunState::Finished));
        EXPECT_EQ(threads, wanted);
    }
}

TEST_F(SessionRunServiceTest, TrainsToTheEndAndTellsEveryStep) {
    runs->startRun(config(), false);
    EXPECT_TRUE(runs->status().active()) << "at once, so that Start cannot be pressed twice";
    ASSERT_TRUE(waitFor(RunState::Finished));
    ASSERT_EQ(steps.size(), 20U);
    EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
    EXPECT_EQ(runs->status().step, 20);
    EXPECT_EQ(runs->shownRun(), runs->status().runId);
    EXPECT_TRUE(failures.isEmpty());
}

TEST_F(SessionRunServiceTest, MakesExactlyOneStep) {
    runs->startRun(config(), true);
    runs->stepOnce();
    ASSERT_TRUE(QTest::qWaitFor([this] { return steps.size() == 1; }, 5000));
    ASSERT_TRUE(waitFor(RunState::Paused));
    QTest::qWait(100);
    EXPECT_EQ(steps.size(), 1U);
    runs->proceed();
    EXPECT_TRUE(waitFor(RunState::Finished));
    EXPECT_EQ(steps.size(), 20U);
}

TEST_F(SessionRunServiceTest, GoesOnWhereAStoppedRunWas) {
    runs->startRun(config(), false);
    ASSERT_TRUE(QTest::qWaitFor([this] { return steps.size() >= 5; }, 5000));
    runs->stop();
    ASSERT_TRUE(waitFor(RunState::Stopped));
    const RunId id = runs->status().runId;
    const std::int64_t done = steps.back();
    EXPECT_LT(done, 20);
    runs.reset(); // the window closes
    steps.clear();
    open();
    qint64 offered = 0;
    QObject::connect(runs.get(), &SessionRunService::projectOpened, runs.get(),
                     [&offered](qint64, qint64 resumable) { offered = resumable; });
    runs->openProject();
    ASSERT_TRUE(QTest::qWaitFor([&offered] { return offered != 0; }, 5000));
    EXPECT_EQ(offered, id);
    EXPECT_EQ(runs->shownRun(), id);
    EXPECT_EQ(runs->status().state, RunState::Stopped);
    EXPECT_EQ(runs->status().step, done);
    runs->resumeRun(offered);
    ASSERT_TRUE(waitFor(RunState::Finished));
    EXPECT_EQ(steps.front(), done + 1);
    EXPECT_EQ(steps.back(), 20);
}

TEST_F(SessionRunServiceTest, SaysWhatFailed) {
    script.failAtStep = 3;
    runs->startRun(config(), false);
    ASSERT_TRUE(waitFor(RunState::Failed));
    EXPECT_EQ(failures.size(), 1);
    EXPECT_FALSE(runs->status().active());
}

TEST_F(SessionRunServiceTest, RefusesAConfigurationThatCannotRun) {
    TrainConfig wrong = config();
    wrong.numGenerations = 1;
    runs->startRun(wrong, false);
    ASSERT_TRUE(waitFor(RunState::Failed));
    ASSERT_EQ(failures.size(), 1);
    EXPECT_TRUE(failures[0].contains("num_generations"));
    runs->startRun(config(), false);
    EXPECT_TRUE(waitFor(RunState::Finished));
}

TEST_F(SessionRunServiceTest, NeverHoldsUpTheWindow) {
    script.prepareTime = std::chrono::milliseconds(200);
    Heartbeat heart;
    heart.start();
    runs->startRun(config(), false);
    EXPECT_TRUE(waitFor(RunState::Finished));
    EXPECT_LT(heart.worstOwnDelayMs(), 50);
}

TEST_F(SessionRunServiceTest, SavesARunThatIsLeft) {
    script.totalSteps = 1000;
    runs->startRun(config(), false);
    ASSERT_TRUE(QTest::qWaitFor([this] { return steps.size() >= 3; }, 5000));
    runs.reset();
    EXPECT_GE(script.count("save"), 1);
    EXPECT_TRUE(script.destroyed);
}

} // namespace
} // namespace viva
