// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/training_session.h"

#include "tests/support/event_log.h"
#include "tests/support/fake_engine.h"

#include <gmock/gmock.h>

namespace viva {
namespace {

using namespace std::chrono_literals;
using test::EventLog;
using test::fakeFactory;
using test::FakeScript;
using test::lastState;
using test::stepsOf;
using test::upTo;
using ::testing::ElementsAre;

TEST(TrainingSession, RunsToTheEndAndReportsInOrder) {
    FakeScript script;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    EXPECT_EQ(session.state(), RunState::Idle);
    session.start();
    session.wait();
    EXPECT_EQ(session.state(), RunState::Finished);
    EXPECT_EQ(stepsOf(log), upTo(10));
    EXPECT_THAT(log.states(),
                ElementsAre(RunState::Preparing, RunState::Evaluating, RunState::Running,
                            RunState::Evaluating, RunState::Finished));
    EXPECT_EQ(lastState(log), RunState::Finished);
    EXPECT_EQ(log.all<EvaluationEvent>().size(), 2U);
    EXPECT_EQ(log.all<CheckpointEvent>().size(), 1U);
    EXPECT_TRUE(script.destroyed);
}

TEST(TrainingSession, OwnsTheEngineOnOneThreadThatIsNotTheCallers) {
    FakeScript script;
    EventLog log;
    {
        TrainingSession session(fakeFactory(script), {&log});
        session.start();
        session.wait();
    }
    auto threads = script.threads;
    for (const auto& id : log.threads())
        threads.push_back(id);
    for (const auto& id : threads) {
        EXPECT_EQ(id, threads.front());
        EXPECT_NE(id, std::this_thread::get_id());
    }
    EXPECT_EQ(script.calls.front(), "make");
    EXPECT_EQ(script.calls.back(), "destroy");
}

TEST(TrainingSession, StopSavesAndThenReportsStopped) {
    FakeScript script;
    script.totalSteps = 1000000;
    script.stepTime = 500us;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.start();
    ASSERT_TRUE(log.waitForStep(3));
    session.stop();
    session.wait();
    EXPECT_EQ(session.state(), RunState::Stopped);
    EXPECT_EQ(lastState(log), RunState::Stopped);
    const auto checkpoints = log.all<CheckpointEvent>();
    ASSERT_EQ(checkpoints.size(), 1U);
    EXPECT_EQ(checkpoints[0].step, stepsOf(log).back());
}

TEST(TrainingSession, StopInTheMiddleOfAStepThrowsThatStepAway) {
    FakeScript script;
    script.stepTime = 5s;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    const auto begin = std::chrono::steady_clock::now();
    session.start();
    ASSERT_TRUE(log.waitForState(RunState::Running));
    session.stop();
    session.wait();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 4s);
    EXPECT_TRUE(stepsOf(log).empty());
    EXPECT_TRUE(log.all<CheckpointEvent>().empty()) << "nothing was learned, nothing to save";
    EXPECT_EQ(lastState(log), RunState::Stopped);
}

TEST(TrainingSession, StopWhilePreparingEndsWithoutASteps) {
    FakeScript script;
    script.prepareTime = 5s;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.start();
    ASSERT_TRUE(log.waitForState(RunState::Preparing));
    session.stop();
    session.wait();
    EXPECT_EQ(lastState(log), RunState::Stopped);
    EXPECT_EQ(script.count("step"), 0);
    EXPECT_EQ(script.count("save"), 0);
}

TEST(TrainingSession, StopBeforeStartNeverTouchesTheEngine) {
    FakeScript script;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.stop();
    session.wait();
    session.start();
    session.wait();
    EXPECT_TRUE(script.noted().empty());
    EXPECT_THAT(log.states(), ElementsAre(RunState::Stopped));
}

TEST(TrainingSession, PauseTakesEffectAfterTheStepAndResumeGoesOn) {
    FakeScript script;
    script.totalSteps = 40;
    script.stepTime = 1ms;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.start();
    ASSERT_TRUE(log.waitForStep(2));
    session.pause();
    ASSERT_TRUE(log.waitForState(RunState::Paused));
    const auto atPause = stepsOf(log);
    std::this_thread::sleep_for(30ms);
    EXPECT_EQ(stepsOf(log), atPause);
    EXPECT_EQ(session.state(), RunState::Paused);
    session.resume();
    session.wait();
    EXPECT_EQ(stepsOf(log), upTo(40));
}

TEST(TrainingSession, StepOnceMakesExactlyOneStep) {
    FakeScript script;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.startPaused();
    ASSERT_TRUE(log.waitForState(RunState::Paused));
    EXPECT_TRUE(stepsOf(log).empty());
    EXPECT_TRUE(log.all<EvaluationEvent>().empty()) << "nothing is evaluated before the first go";
    for (std::int64_t wanted = 1; wanted <= 3; ++wanted) {
        session.stepOnce();
        ASSERT_TRUE(log.waitForStep(wanted));
        ASSERT_TRUE(log.waitForState(RunState::Paused));
        EXPECT_EQ(stepsOf(log), upTo(wanted));
    }
    session.stepOnce();
    session.stepOnce();
    ASSERT_TRUE(log.waitForStep(5));
    ASSERT_TRUE(log.waitForState(RunState::Paused));
    EXPECT_EQ(stepsOf(log), upTo(5));
    session.stop();
    session.wait();
    EXPECT_EQ(session.state(), RunState::Stopped);
}

TEST(TrainingSession, RequestsAreServedWhilePaused) {
    FakeScript script;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.startPaused();
    session.stepOnce();
    ASSERT_TRUE(log.waitForStep(1));
    ASSERT_TRUE(log.waitForState(RunState::Paused));
    session.requestEvaluation();
    session.requestCheckpoint();
    ASSERT_TRUE(log.waitFor([](const auto& events) {
        return std::any_of(events.begin(), events.end(), [](const TrainingEvent& event) {
            return std::holds_alternative<CheckpointEvent>(event);
        });
    }));
    ASSERT_TRUE(log.waitForState(RunState::Paused));
    EXPECT_EQ(script.count("evaluate"), 1);
    EXPECT_EQ(stepsOf(log), upTo(1));
}

TEST(TrainingSession, KeepsItsIntervals) {
    FakeScript script;
    script.totalSteps = 12;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.setIntervals(5, 4);
    session.start();
    session.wait();
    std::vector<std::int64_t> saved;
    for (const auto& event : log.all<CheckpointEvent>())
        saved.push_back(event.step);
    EXPECT_THAT(saved, ElementsAre(5, 10, 12));
    std::vector<std::int64_t> evaluated;
    for (const auto& event : log.all<EvaluationEvent>())
        evaluated.push_back(event.step);
    EXPECT_THAT(evaluated, ElementsAre(0, 4, 8, 12));
    EXPECT_EQ(script.count("evaluate full"), 2);
}

TEST(TrainingSession, AFailureIsSaidBeforeTheFinalState) {
    FakeScript script;
    script.failAtStep = 4;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.start();
    session.wait();
    const auto failures = log.all<FailureEvent>();
    ASSERT_EQ(failures.size(), 1U);
    EXPECT_EQ(failures[0].error.code, ErrorCode::OutOfMemory);
    const auto events = log.events();
    EXPECT_TRUE(std::holds_alternative<FailureEvent>(events[events.size() - 2]));
    EXPECT_EQ(lastState(log), RunState::Failed);
    EXPECT_EQ(stepsOf(log), upTo(3));
    EXPECT_TRUE(script.destroyed);
}

TEST(TrainingSession, FailuresOfMakingPreparingAndSavingAreReported) {
    for (bool FakeScript::*which :
         {&FakeScript::failInMaking, &FakeScript::failInPrepare, &FakeScript::failInSaving}) {
        FakeScript script;
        script.*which = true;
        EventLog log;
        TrainingSession session(fakeFactory(script), {&log});
        session.start();
        session.wait();
        EXPECT_EQ(log.all<FailureEvent>().size(), 1U);
        EXPECT_EQ(lastState(log), RunState::Failed);
    }
}

TEST(TrainingSession, ForeignExceptionsAreFailuresToo) {
    const auto failureOf = [](const std::function<void()>& fail) {
        EventLog log;
        TrainingSession session(
            [&]() -> std::unique_ptr<TrainingEngine> {
                fail();
                return nullptr;
            },
            {&log});
        session.start();
        session.wait();
        EXPECT_EQ(lastState(log), RunState::Failed);
        return log.all<FailureEvent>().at(0).error;
    };
    EXPECT_EQ(failureOf([] { throw 42; }).code, ErrorCode::Internal);
    EXPECT_EQ(failureOf([] { throw std::runtime_error("of a library"); }).message, "of a library");
}

TEST(TrainingSession, AStepThatIsGivenUpPausesTheRun) {
    FakeScript script;
    script.giveUpAtStep = 3;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.start();
    ASSERT_TRUE(log.waitForState(RunState::Paused));
    EXPECT_EQ(stepsOf(log), upTo(2));
    EXPECT_EQ(log.all<NoteEvent>().size(), 1U);
    session.resume();
    session.wait();
    EXPECT_EQ(stepsOf(log), upTo(10));
}

} // namespace
} // namespace viva
