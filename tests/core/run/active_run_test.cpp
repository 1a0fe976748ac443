// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/active_run.h"

#include "tests/support/event_log.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace viva {
namespace {

using namespace std::chrono_literals;
using test::EventLog;
using test::FakeEngine;
using test::FakeScript;
using test::TempDir;

RunRequest request(FakeScript& script) {
    RunRequest out;
    out.config = TrainConfig::demo();
    out.config.maxSteps = static_cast<int>(script.totalSteps);
    out.config.saveSteps = 4;
    out.config.eval.evalSteps = 0;
    out.engine = [&script](const RunSetup& setup) -> std::unique_ptr<TrainingEngine> {
        script.runFolder = setup.runFolder;
        script.resume = setup.resume;
        return std::make_unique<FakeEngine>(script);
    };
    return out;
}

std::vector<std::pair<std::int64_t, double>> curve(Project& project, RunId run) {
    std::vector<std::pair<std::int64_t, double>> out;
    for (const MetricPoint& point : project.store().series(run, "reward"))
        out.emplace_back(point.step, point.value);
    return out;
}

TEST(ActiveRun, RecordsARunFromBeginToEnd) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    FakeScript script;
    RunId id = 0;
    {
        ActiveRun run(project, request(script));
        id = run.id();
        run.session().start();
        run.session().wait();
    }
    const RunRecord record = project.store().run(id).value();
    EXPECT_EQ(record.state, RunState::Finished);
    EXPECT_EQ(record.stepsDone, 10);
    EXPECT_FALSE(record.finishedAt.empty());
    EXPECT_EQ(record.device, "fake");
    EXPECT_FALSE(record.resumable());
    EXPECT_EQ(curve(project, id).size(), 10U);
    EXPECT_EQ(project.store().evaluations(id).size(), 2U);
    const auto checkpoints = project.store().checkpoints(id);
    ASSERT_EQ(checkpoints.size(), 3U);
    EXPECT_EQ(checkpoints.back().path, "runs/0001/checkpoints/step-000010")
        << "relative to the project";
}

TEST(ActiveRun, StopsAndGoesOnWithTheSameCurve) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    FakeScript unbroken;
    {
        ActiveRun run(project, request(unbroken));
        run.session().start();
        run.session().wait();
    }
    RunId id = 0;
    {
        FakeScript script;
        script.stepTime = 1ms;
        EventLog log;
        RunRequest wish = request(script);
        wish.listeners = {&log};
        ActiveRun run(project, wish);
        id = run.id();
        run.session().start();
        ASSERT_TRUE(log.waitForStep(6));
    }
    EXPECT_EQ(project.store().run(id)->state, RunState::Stopped);
    EXPECT_TRUE(project.store().run(id)->resumable());
    FakeScript script;
    RunRequest wish = request(script);
    wish.resume = id;
    {
        ActiveRun run(project, wish);
        run.session().start();
        run.session().wait();
    }
    EXPECT_EQ(project.store().run(id)->state, RunState::Finished);
    EXPECT_EQ(curve(project, id), curve(project, 1));
    EXPECT_EQ(project.store().groupsOfExample(id, "clip0").size(), 10U);
}

/// kill -9 in the middle: what is on disk reaches to the newest checkpoint at least, and the
/// resumed run has each step once.
TEST(ActiveRun, SurvivesBeingKilled) {
    TempDir dir;
    const auto folder = dir / "a.viva";
    { const Project project = Project::open(folder); }
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        FakeScript script;
        script.totalSteps = 1000;
        script.stepTime = 2ms;
        EventLog log;
        Project project = Project::open(folder);
        RunRequest wish = request(script);
        wish.listeners = {&log};
        ActiveRun run(project, wish);
        run.session().start();
        static_cast<void>(log.waitForStep(9));
        static_cast<void>(!::write(ready[1], "x", 1));
        ::pause();
        ::_exit(0);
    }
    char told = 0;
    ASSERT_EQ(::read(ready[0], &told, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    Project project = Project::open(folder);
    const auto interrupted = project.interruptedRuns();
    ASSERT_EQ(interrupted.size(), 1U);
    const RunId id = interrupted[0].id;
    const auto before = curve(project, id);
    FakeScript script;
    script.totalSteps = 1000;
    RunRequest wish = request(script);
    wish.resume = id;
    EventLog log;
    wish.listeners = {&log};
    {
        ActiveRun run(project, wish);
        run.session().start();
        run.session().wait();
    }
    const auto infos = log.all<RunInfoEvent>();
    ASSERT_EQ(infos.size(), 1U);
    EXPECT_GE(infos[0].firstStep, 9);
    EXPECT_GE(static_cast<std::int64_t>(before.size()), infos[0].firstStep - 1)
        << "every step of the checkpoint was on disk before the checkpoint";
    const auto after = curve(project, id);
    ASSERT_EQ(after.size(), 1000U);
    for (std::size_t i = 0; i < after.size(); ++i)
        EXPECT_EQ(after[i].first, static_cast<std::int64_t>(i + 1));
}

TEST(ActiveRun, KeepsOthersOffARunInProgress) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    FakeScript script;
    script.stepTime = 1s;
    ActiveRun run(project, request(script));
    RunRequest wish = request(script);
    wish.resume = run.id();
    try {
        const ActiveRun second(project, wish);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

TEST(ActiveRun, RefusesFinishedAndUnknownRuns) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    FakeScript script;
    {
        ActiveRun run(project, request(script));
        run.session().start();
        run.session().wait();
    }
    for (const auto& [id, code] : {std::pair<RunId, ErrorCode>{1, ErrorCode::InvalidArgument},
                                   std::pair<RunId, ErrorCode>{42, ErrorCode::NotFound}}) {
        RunRequest wish = request(script);
        wish.resume = id;
        try {
            const ActiveRun second(project, wish);
            FAIL() << "no error";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), code);
        }
    }
}

TEST(ActiveRun, AFailureIsKeptWithItsReason) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    FakeScript script;
    script.failAtStep = 6;
    {
        ActiveRun run(project, request(script));
        run.session().start();
        run.session().wait();
    }
    const RunRecord failed = project.store().run(1).value();
    EXPECT_EQ(failed.state, RunState::Failed);
    EXPECT_EQ(failed.error, "step does not fit");
    EXPECT_TRUE(failed.resumable());
    FakeScript better;
    RunRequest wish = request(better);
    wish.resume = 1;
    {
        ActiveRun run(project, wish);
        run.session().start();
        run.session().wait();
    }
    EXPECT_EQ(project.store().run(1)->state, RunState::Finished);
    EXPECT_EQ(project.store().run(1)->error, "");
    EXPECT_EQ(curve(project, 1).size(), 10U);
}

} // namespace
} // namespace viva
