// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/project_store.h"

#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <limits>

namespace viva {
namespace {

using test::TempDir;

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

struct Stage {
    TempDir dir;
    std::filesystem::path folder = dir / "a.viva";
    std::unique_ptr<ProjectStore> store = ProjectStore::open(folder);
    RunId run = store->createRun("first", R"({"beta": 0.02})");

    void append(const std::vector<TrainingEvent>& events) const {
        store->appendEvents(run, events);
    }
};

StepEvent stepEvent(std::int64_t step, double reward = 0.5) {
    StepEvent event;
    event.step = step;
    event.totalSteps = 100;
    event.trainSec = 0.25 * static_cast<double>(step);
    event.tokens = 10 * step;
    event.samples = 8 * step;
    event.metrics = {{"reward", reward}, {"kl", 0.01}};
    return event;
}

Group fullGroup() {
    Group group;
    group.step = 3;
    group.index = 1;
    group.question.id = "utt7/q2";
    group.question.clip = "/data/utt7.flac";
    group.question.task = "ast";
    group.question.text = "Übersetze.";
    group.question.references = {"Im Haus.", "In dem \"Haus\"."};
    group.rewardMean = 0.5;
    group.rewardStd = 0.25;
    for (int i = 0; i < 3; ++i) {
        Answer answer;
        answer.text = "Im Haus " + std::to_string(i) + std::string("\0x", 2);
        answer.tokenIds = {1, 400 + i, 2};
        answer.tokens = {"Im", "\xc3", "\xbc"};
        answer.logProbs = {-0.5F, -1.0F, -0.25F};
        answer.newLogProbs = {-0.4F, -1.0F, -0.25F};
        answer.refLogProbs = i == 0 ? std::vector<float>{} : std::vector<float>{-1, -2, -3};
        answer.reward = 0.25 * (i + 1);
        answer.rewardParts = {{"zebra", 1.0}, {"bleu", 0.5}};
        answer.reason = "2 of 3 words";
        answer.advantage = i - 1.0;
        answer.finished = i != 2;
        answer.origin = i == 2 ? AnswerOrigin::Reference : AnswerOrigin::Policy;
        group.answers.push_back(answer);
    }
    return group;
}

TEST(ProjectStore, ARunComesBackAsItWasWritten) {
    Stage stage;
    RunRecord run = stage.store->run(stage.run).value();
    EXPECT_EQ(run.name, "first");
    EXPECT_EQ(run.state, RunState::Idle);
    EXPECT_EQ(run.createdAt.size(), 24U);
    run.state = RunState::Stopped;
    run.device = "CPU, 2 threads";
    run.folder = "runs/0001";
    run.stepsDone = 7;
    run.trainSec = 1.5;
    run.trainableParameters = 155648;
    run.error = "why";
    run.notes = "mine";
    stage.store->updateRun(run);
    const RunRecord back = ProjectStore::openReadOnly(stage.folder)->run(stage.run).value();
    EXPECT_EQ(back.state, RunState::Stopped);
    EXPECT_EQ(back.device, run.device);
    EXPECT_EQ(back.folder, run.folder);
    EXPECT_EQ(back.stepsDone, 7);
    EXPECT_EQ(back.trainSec, 1.5);
    EXPECT_EQ(back.trainableParameters, 155648);
    EXPECT_EQ(back.error, "why");
    EXPECT_EQ(back.notes, "mine");
    EXPECT_EQ(back.configJson, run.configJson);
    run.id = 99;
    EXPECT_THROW(stage.store->updateRun(run), Error);
    EXPECT_FALSE(stage.store->run(99));
}

TEST(ProjectStore, RunsAreListedNewestFirstAndDeletedWithEverything) {
    Stage stage;
    const RunId second = stage.store->createRun("second", "{}");
    ASSERT_EQ(stage.store->runs().size(), 2U);
    EXPECT_EQ(stage.store->runs()[0].id, second);
    stage.append({stepEvent(1), GroupEvent{fullGroup()}, NoteEvent{1, "n"}});
    const auto group = stage.store->groupsOfStep(stage.run, 3).at(0).id;
    stage.store->deleteRun(stage.run);
    EXPECT_EQ(stage.store->runs().size(), 1U);
    EXPECT_TRUE(stage.store->series(stage.run, "reward").empty());
    EXPECT_FALSE(stage.store->group(group));
    EXPECT_GT(stage.store->createRun("third", "{}"), second) << "numbers are never used again";
}

TEST(ProjectStore, CurvesHaveEveryX) {
    Stage stage;
    stage.append({stepEvent(1, 0.1), stepEvent(2, 0.2), stepEvent(3, 0.3)});
    EXPECT_EQ(stage.store->metricNames(stage.run), (std::vector<std::string>{"kl", "reward"}));
    const auto points = stage.store->series(stage.run, "reward", 1);
    ASSERT_EQ(points.size(), 2U);
    EXPECT_EQ(points[0].step, 2);
    EXPECT_EQ(points[0].trainSec, 0.5);
    EXPECT_EQ(points[0].tokens, 20);
    EXPECT_EQ(points[0].samples, 16);
    EXPECT_EQ(points[1].value, 0.3);
    EXPECT_TRUE(stage.store->series(stage.run, "nothing").empty());
    EXPECT_TRUE(stage.store->metricNames(77).empty());
    const RunRecord run = stage.store->run(stage.run).value();
    EXPECT_EQ(run.stepsDone, 3);
    EXPECT_EQ(run.totalSteps, 100);
    EXPECT_EQ(run.trainSec, 0.75);
}

TEST(ProjectStore, ValuesThatAreNoNumbersComeBackAsSuch) {
    Stage stage;
    StepEvent event = stepEvent(1, std::numeric_limits<double>::quiet_NaN());
    event.metrics.emplace_back("grad_norm", std::numeric_limits<double>::infinity());
    Group group = fullGroup();
    group.rewardMean = std::nan("");
    group.answers[0].advantage = std::nan("");
    group.answers[0].rewardParts = {{"bleu", std::nan("")}};
    stage.append({event, GroupEvent{group}});
    EXPECT_TRUE(std::isnan(stage.store->series(stage.run, "reward").at(0).value));
    EXPECT_TRUE(std::isinf(stage.store->series(stage.run, "grad_norm").at(0).value));
    const auto id = stage.store->groupsOfStep(stage.run, 3).at(0).id;
    const Group back = stage.store->group(id).value();
    EXPECT_TRUE(std::isnan(back.rewardMean));
    EXPECT_TRUE(std::isnan(back.answers[0].advantage));
    EXPECT_TRUE(std::isnan(back.answers[0].rewardParts.at(0).second));
}

TEST(ProjectStore, AGroupComesBackWithEveryToken) {
    Stage stage;
    const Group group = fullGroup();
    stage.append({GroupEvent{group}});
    EXPECT_EQ(stage.store->lastGroupStep(stage.run), 3);
    const auto list = stage.store->groupsOfStep(stage.run, 3);
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].index, 1);
    EXPECT_EQ(list[0].answers, 3);
    EXPECT_EQ(list[0].rewardMin, 0.25);
    EXPECT_EQ(list[0].rewardMax, 0.75);
    EXPECT_EQ(list[0].question, group.question.text);
    const Group back = stage.store->group(list[0].id).value();
    EXPECT_EQ(back.question, group.question);
    ASSERT_EQ(back.answers.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(back.answers[i].text, group.answers[i].text);
        EXPECT_EQ(back.answers[i].tokenIds, group.answers[i].tokenIds);
        EXPECT_EQ(back.answers[i].tokens, group.answers[i].tokens);
        EXPECT_EQ(back.answers[i].logProbs, group.answers[i].logProbs);
        EXPECT_EQ(back.answers[i].newLogProbs, group.answers[i].newLogProbs);
        EXPECT_EQ(back.answers[i].refLogProbs, group.answers[i].refLogProbs);
        EXPECT_EQ(back.answers[i].rewardParts, group.answers[i].rewardParts);
        EXPECT_EQ(back.answers[i].reason, group.answers[i].reason);
        EXPECT_EQ(back.answers[i].advantage, group.answers[i].advantage);
        EXPECT_EQ(back.answers[i].finished, group.answers[i].finished);
        EXPECT_EQ(back.answers[i].origin, group.answers[i].origin);
    }
    EXPECT_FALSE(stage.store->group(list[0].id + 1));
}

TEST(ProjectStore, AnExampleIsFollowedThroughTime) {
    Stage stage;
    std::vector<TrainingEvent> events;
    for (const std::int64_t step : {9, 2, 5}) {
        Group group = fullGroup();
        group.step = step;
        events.emplace_back(GroupEvent{group});
        group.index = 2;
        group.question.id = "other";
        events.emplace_back(GroupEvent{group});
    }
    stage.append(events);
    const auto through = stage.store->groupsOfExample(stage.run, "utt7/q2");
    ASSERT_EQ(through.size(), 3U);
    EXPECT_EQ(through[0].step, 2);
    EXPECT_EQ(through[2].step, 9);
    EXPECT_EQ(stage.store->lastGroupStep(stage.run), 9);
}

TEST(ProjectStore, TheSameEventTwiceIsThereOnce) {
    Stage stage;
    const EvaluationEvent evaluation{0, {{"test", "sqa", "greedy", 20, 1, {{"bleu", 41.5}}}}};
    for (int i = 0; i < 2; ++i)
        stage.append({stepEvent(1), GroupEvent{fullGroup()}, evaluation, CheckpointEvent{1, "c"}});
    EXPECT_EQ(stage.store->series(stage.run, "reward").size(), 1U);
    EXPECT_EQ(stage.store->groupsOfStep(stage.run, 3).size(), 1U);
    EXPECT_EQ(stage.store->evaluations(stage.run).at(0).rows.size(), 1U);
    EXPECT_EQ(stage.store->evaluations(stage.run).at(0).rows[0].metrics.size(), 1U);
    EXPECT_EQ(stage.store->checkpoints(stage.run).size(), 1U);
    const auto id = stage.store->groupsOfStep(stage.run, 3).at(0).id;
    EXPECT_EQ(stage.store->group(id)->answers.size(), 3U);
}

TEST(ProjectStore, EvaluationsAreGroupedByStep) {
    Stage stage;
    const EvaluationRow sampled{"validation", "ast", "sampled",
                                200,          2,     {{"bleu", 59.1, std::pair(55.5, 62.5)}}};
    const EvaluationRow greedy{"validation", "ast", "greedy",
                               200,          1,     {{"bleu", 68.5}, {"wer", kNaN}}};
    stage.append({EvaluationEvent{0, {sampled, greedy}}, EvaluationEvent{30, {sampled}}});
    const auto back = stage.store->evaluations(stage.run);
    ASSERT_EQ(back.size(), 2U);
    ASSERT_EQ(back[0].rows.size(), 2U);
    EXPECT_EQ(back[0].rows[1].decoding, "greedy");
    ASSERT_EQ(back[0].rows[0].metrics.size(), 1U);
    EXPECT_EQ(back[0].rows[0].metrics[0].name, "bleu");
    EXPECT_EQ(back[0].rows[0].metrics[0].value, 59.1);
    EXPECT_EQ(back[0].rows[0].metrics[0].interval, std::pair(55.5, 62.5));
    EXPECT_EQ(back[0].rows[1].metric("bleu"), 68.5);
    EXPECT_FALSE(back[0].rows[1].metrics[0].interval);
    EXPECT_TRUE(std::isnan(back[0].rows[1].metric("wer").value()));
    EXPECT_FALSE(back[0].rows[1].metric("cer"));
    EXPECT_EQ(back[0].rows[0].passes, 2);
    EXPECT_EQ(back[1].step, 30);
}

TEST(ProjectStore, StatesAreKeptOncePerChange) {
    Stage stage;
    stage.append({StateEvent{RunState::Preparing, "loading", 0.1},
                  StateEvent{RunState::Preparing, "encoding", 0.6},
                  StateEvent{RunState::Running, "", -1},
                  FailureEvent{{ErrorCode::Device, "no GPU", {"preparing"}}},
                  StateEvent{RunState::Failed, "", -1}});
    const auto changes = stage.store->stateChanges(stage.run);
    ASSERT_EQ(changes.size(), 3U);
    EXPECT_EQ(changes[0].message, "loading");
    EXPECT_EQ(changes[2].state, RunState::Failed);
    RunRecord run = stage.store->run(stage.run).value();
    EXPECT_EQ(run.error, "no GPU [preparing]");
    EXPECT_FALSE(run.finishedAt.empty());
    EXPECT_TRUE(run.resumable());
    stage.append({StateEvent{RunState::Preparing, "", -1}});
    run = stage.store->run(stage.run).value();
    EXPECT_TRUE(run.error.empty()) << "a new attempt starts clean";
    EXPECT_TRUE(run.finishedAt.empty());
}

TEST(ProjectStore, TruncatingForgetsWhatCameAfterTheStep) {
    Stage stage;
    std::vector<TrainingEvent> events;
    for (std::int64_t step = 0; step <= 10; ++step) {
        if (step > 0) {
            events.emplace_back(stepEvent(step));
            Group group = fullGroup();
            group.step = step;
            events.emplace_back(GroupEvent{group});
            events.emplace_back(CheckpointEvent{step, "c"});
        }
        events.emplace_back(NoteEvent{step, "n"});
        events.emplace_back(
            EvaluationEvent{step, {{"test", "sqa", "greedy", 1, 1, {{"bleu", 1}}}}});
    }
    stage.append(events);
    const RunId other = stage.store->createRun("other", "{}");
    stage.store->appendEvents(other, events);
    stage.store->truncateAfter(stage.run, 6);
    EXPECT_EQ(stage.store->series(stage.run, "reward").size(), 6U);
    EXPECT_EQ(stage.store->lastGroupStep(stage.run), 6);
    EXPECT_EQ(stage.store->checkpoints(stage.run).back().step, 6);
    EXPECT_EQ(stage.store->notes(stage.run).size(), 7U);
    EXPECT_EQ(stage.store->evaluations(stage.run).back().step, 6);
    EXPECT_EQ(stage.store->run(stage.run)->stepsDone, 6);
    EXPECT_EQ(stage.store->run(stage.run)->trainSec, 1.5);
    EXPECT_EQ(stage.store->series(other, "reward").size(), 10U) << "other runs stay";
    stage.store->truncateAfter(stage.run, 0);
    EXPECT_TRUE(stage.store->series(stage.run, "reward").empty());
    EXPECT_EQ(stage.store->run(stage.run)->trainSec, 0);
}

TEST(ProjectStore, ABatchThatFailsLeavesNothingBehind) {
    Stage stage;
    Group bad = fullGroup();
    bad.answers[2].tokenIds[0] = std::int64_t{1} << 40;
    EXPECT_THROW(stage.append({stepEvent(1), GroupEvent{bad}}), Error);
    EXPECT_TRUE(stage.store->series(stage.run, "reward").empty());
    EXPECT_TRUE(stage.store->groupsOfStep(stage.run, 3).empty());
    stage.append({stepEvent(1)});
    EXPECT_EQ(stage.store->series(stage.run, "reward").size(), 1U);
}

TEST(ProjectStore, AReaderSeesWhatAWriterAddsAndNeverBlocksIt) {
    Stage stage;
    const auto reader = ProjectStore::openReadOnly(stage.folder);
    EXPECT_TRUE(reader->series(stage.run, "reward").empty());
    for (std::int64_t step = 1; step <= 5; ++step) {
        stage.append({stepEvent(step)});
        EXPECT_EQ(reader->series(stage.run, "reward").size(), static_cast<std::size_t>(step));
    }
    EXPECT_THROW(static_cast<void>(reader->createRun("no", "{}")), Error);
}

/// A million metric rows: a page's questions stay quick (the limit is generous: a full scan takes
/// a hundred times as long).
TEST(ProjectStore, QuestionsStayQuickWithAMillionValues) {
    Stage stage;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    constexpr std::int64_t kSteps = 2500; // a tenth, as everything takes ten times as long
#else
    constexpr std::int64_t kSteps = 25000;
#endif
    constexpr int kNames = 40;
    std::vector<TrainingEvent> events;
    for (std::int64_t step = 1; step <= kSteps; ++step) {
        StepEvent event = stepEvent(step);
        event.metrics.clear();
        for (int i = 0; i < kNames; ++i)
            event.metrics.emplace_back("metric/number_" + std::to_string(i), 0.5 * i);
        events.emplace_back(std::move(event));
    }
    stage.append(events);
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(stage.store->metricNames(stage.run).size(), static_cast<std::size_t>(kNames));
    for (int i = 0; i < 100; ++i)
        EXPECT_EQ(stage.store->series(stage.run, "metric/number_7", kSteps - 100).size(), 100U);
    const auto spent = std::chrono::steady_clock::now() - begin;
    EXPECT_EQ(stage.store->series(stage.run, "metric/number_7").size(),
              static_cast<std::size_t>(kSteps));
    EXPECT_LT(spent, std::chrono::seconds(2));
}

} // namespace
} // namespace viva
