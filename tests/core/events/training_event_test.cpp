// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/events/training_event.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

constexpr RunState kAll[] = {RunState::Idle,    RunState::Preparing,  RunState::Running,
                             RunState::Paused,  RunState::Evaluating, RunState::Stopping,
                             RunState::Stopped, RunState::Finished,   RunState::Failed};

TEST(RunState, EveryWordLeadsBackToItsState) {
    for (const RunState state : kAll)
        EXPECT_EQ(runStateFromString(toString(state)), state) << toString(state);
    EXPECT_FALSE(runStateFromString("Running"));
    EXPECT_FALSE(runStateFromString(""));
}

TEST(RunState, ThreeOfThemAreFinal) {
    int finals = 0;
    for (const RunState state : kAll)
        finals += isFinal(state) ? 1 : 0;
    EXPECT_EQ(finals, 3);
    EXPECT_TRUE(isFinal(RunState::Stopped));
    EXPECT_FALSE(isFinal(RunState::Stopping));
}

TEST(StepEvent, GivesAMetricByNameAndTheFallbackOtherwise) {
    StepEvent event;
    event.metrics = {{"reward", 0.5}, {"kl", 0.25}};
    EXPECT_EQ(event.metric("kl"), 0.25);
    EXPECT_EQ(event.metric("loss", -1), -1);
    EXPECT_EQ(event.metric("rew"), 0);
}

TEST(EvaluationRow, GivesAMetricByNameAndKnowsItsPlace) {
    const EvaluationRow row{"test", "asr", "greedy", 20, 1, {{"bleu", 50.0}, {"wer", 0.0}}};
    EXPECT_EQ(row.metric("wer"), 0.0);
    EXPECT_EQ(row.metric("cer"), std::nullopt);
    EvaluationRow other = row;
    other.metrics.clear();
    other.items = 5;
    EXPECT_TRUE(row.samePlace(other));
    other.decoding = "sampled";
    EXPECT_FALSE(row.samePlace(other));
}

} // namespace
} // namespace viva
