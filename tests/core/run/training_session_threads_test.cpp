// SPDX-License-Identifier: GPL-3.0-or-later
// What listeners, owners and many callers may do to a session.
#include "core/run/training_session.h"

#include "tests/support/event_log.h"
#include "tests/support/fake_engine.h"

#include <gtest/gtest.h>

#include <random>

namespace viva {
namespace {

using namespace std::chrono_literals;
using test::EventLog;
using test::fakeFactory;
using test::FakeScript;
using test::lastState;
using test::stepsOf;
using test::upTo;

TEST(TrainingSession, ASlowListenerLosesNothing) {
    FakeScript script;
    script.totalSteps = 30;
    EventLog slow;
    slow.slowness = 1ms;
    EventLog quick;
    TrainingSession session(fakeFactory(script), {&slow, &quick});
    session.start();
    session.wait();
    EXPECT_EQ(slow.events().size(), quick.events().size());
    EXPECT_EQ(stepsOf(slow), upTo(30));
    EXPECT_EQ(lastState(slow), RunState::Finished);
}

struct Thrower final : TrainingListener {
    void onEvent(const TrainingEvent&) override { throw std::runtime_error("listener broke"); }
};

TEST(TrainingSession, AListenerThatThrowsDoesNotEndTheRun) {
    FakeScript script;
    script.totalSteps = 2;
    Thrower thrower;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&thrower, &log});
    session.start();
    session.wait();
    EXPECT_EQ(lastState(log), RunState::Finished);
}

TEST(TrainingSession, DestroyingARunningOneStopsAndSaves) {
    FakeScript script;
    script.totalSteps = 1000000;
    EventLog log;
    {
        TrainingSession session(fakeFactory(script), {&log});
        session.start();
        ASSERT_TRUE(log.waitForStep(5));
    }
    EXPECT_EQ(lastState(log), RunState::Stopped);
    EXPECT_EQ(script.count("save"), 1);
    EXPECT_TRUE(script.destroyed);
}

TEST(TrainingSession, DestroyingOneThatNeverStartedDoesNothing) {
    FakeScript script;
    EventLog log;
    { TrainingSession session(fakeFactory(script), {&log}); }
    EXPECT_TRUE(script.noted().empty());
    EXPECT_TRUE(log.events().empty());
}

/// Every command from several threads at once, in random order: the contract holds all the same.
TEST(TrainingSession, SurvivesEveryOrderOfCommandsFromManyThreads) {
    for (unsigned round = 0; round < 25; ++round) {
        FakeScript script;
        script.totalSteps = 50;
        script.stepTime = 50us;
        EventLog log;
        {
            TrainingSession session(fakeFactory(script), {&log});
            std::vector<std::jthread> people;
            for (unsigned person = 0; person < 3; ++person)
                people.emplace_back([&session, seed = round * 3 + person] {
                    std::minstd_rand random(seed + 1);
                    for (int i = 0; i < 20; ++i) {
                        switch (random() % 9) {
                        case 0:
                            session.start();
                            break;
                        case 1:
                            session.startPaused();
                            break;
                        case 2:
                            session.pause();
                            break;
                        case 3:
                            session.resume();
                            break;
                        case 4:
                            session.stepOnce();
                            break;
                        case 5:
                            session.requestEvaluation();
                            break;
                        case 6:
                            session.requestCheckpoint();
                            break;
                        case 7:
                            static_cast<void>(session.state());
                            break;
                        default:
                            std::this_thread::sleep_for(100us);
                        }
                    }
                    if (seed % 4 == 0)
                        session.stop();
                });
            people.clear();
        }
        const auto steps = stepsOf(log);
        EXPECT_EQ(steps, upTo(static_cast<std::int64_t>(steps.size())));
        if (log.events().empty())
            continue; // nobody happened to start it
        EXPECT_TRUE(isFinal(lastState(log)));
        int finals = 0;
        for (const StateEvent& event : log.all<StateEvent>())
            finals += isFinal(event.state) ? 1 : 0;
        EXPECT_EQ(finals, 1);
    }
}

TEST(TrainingSession, EveryoneWhoWaitsIsWoken) {
    FakeScript script;
    script.stepTime = 500us;
    EventLog log;
    TrainingSession session(fakeFactory(script), {&log});
    session.start();
    std::vector<std::jthread> waiting;
    std::atomic<int> woken{0};
    for (int i = 0; i < 4; ++i)
        waiting.emplace_back([&] {
            session.wait();
            EXPECT_TRUE(isFinal(session.state()));
            ++woken;
        });
    waiting.clear();
    EXPECT_EQ(woken, 4);
}

} // namespace
} // namespace viva
