// SPDX-License-Identifier: GPL-3.0-or-later
#include "sample_run.h"

#include "ui/models/format.h"
#include "ui/models/runs/curve_math.h"
#include "ui/models/runs/evaluation_table.h"
#include "ui/models/runs/run_history.h"

#include <QAbstractItemModelTester>
#include <QTemporaryDir>

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace viva {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(Smoothed, WithoutStrengthIsTheValues) {
    const std::vector<double> values{1, 5, 2};
    EXPECT_EQ(smoothed(values, 0), values);
}

TEST(Smoothed, StartsAtTheFirstValueAndKeepsConstants) {
    const std::vector<double> values(20, 3.0);
    for (const double value : smoothed(values, 0.9))
        EXPECT_DOUBLE_EQ(value, 3.0);
}

TEST(Smoothed, IsTheBiasCorrectedAverage) {
    const std::vector<double> out = smoothed(std::vector<double>{1, 2, 4}, 0.5);
    EXPECT_DOUBLE_EQ(out[0], 1.0);
    EXPECT_DOUBLE_EQ(out[1], (0.25 * 1 + 0.5 * 2) / 0.75);
    EXPECT_DOUBLE_EQ(out[2], (0.125 * 1 + 0.25 * 2 + 0.5 * 4) / 0.875);
}

TEST(Smoothed, LeavesGapsOut) {
    const std::vector<double> out = smoothed(std::vector<double>{2, kNan, 2}, 0.8);
    EXPECT_TRUE(std::isnan(out[1]));
    EXPECT_DOUBLE_EQ(out[2], 2.0);
}

TEST(Decimated, NeverHidesASpike) {
    std::vector<double> x(100000);
    std::iota(x.begin(), x.end(), 0);
    std::vector<double> y(x.size(), 1.0);
    y[43210] = 99;
    y[77777] = -99;
    const auto points = decimated(x, y, 0, 99999, 200);
    EXPECT_LE(points.size(), 4U * 202U);
    EXPECT_NE(std::find(points.begin(), points.end(), CurvePoint{43210, 99}), points.end());
    EXPECT_NE(std::find(points.begin(), points.end(), CurvePoint{77777, -99}), points.end());
    EXPECT_TRUE(std::is_sorted(points.begin(), points.end(),
                               [](const auto& a, const auto& b) { return a.x < b.x; }));
}

TEST(Decimated, KeepsAllPointsWhereThereAreFew) {
    const std::vector<double> x{1, 2, 3, 4};
    const std::vector<double> y{5, 6, kNan, 8};
    const auto points = decimated(x, y, 0, 10, 500);
    EXPECT_EQ(points, (std::vector<CurvePoint>{{1, 5}, {2, 6}, {4, 8}}));
}

TEST(Decimated, KeepsANeighbourOnEachSideOfTheRange) {
    const std::vector<double> x{0, 10, 20, 30, 40};
    const std::vector<double> y{1, 2, 3, 4, 5};
    const auto points = decimated(x, y, 15, 25, 100);
    EXPECT_EQ(points, (std::vector<CurvePoint>{{10, 2}, {20, 3}, {30, 4}}));
}

TEST(Decimated, SurvivesNothingAndNonsense) {
    EXPECT_TRUE(decimated({}, {}, 0, 1, 100).empty());
    const std::vector<double> one{1};
    EXPECT_TRUE(decimated(one, one, 5, 5, 100).empty());
    EXPECT_TRUE(decimated(one, one, 0, 2, 0).empty());
}

TEST(EasedRange, GrowsAtOnceAndShrinksSlowly) {
    const AxisRange shown{0, 1, true};
    const AxisRange grown = easedRange(shown, {-1, 2, true}, 0.25);
    EXPECT_DOUBLE_EQ(grown.low, -1);
    EXPECT_DOUBLE_EQ(grown.high, 2);
    const AxisRange shrunk = easedRange(shown, {0.4, 0.6, true}, 0.25);
    EXPECT_DOUBLE_EQ(shrunk.low, 0.1);
    EXPECT_DOUBLE_EQ(shrunk.high, 0.9);
}

TEST(PaddedRange, HasHeightForAConstant) {
    const AxisRange range = paddedRange({0.3, 0.3, true});
    EXPECT_LT(range.low, 0.3);
    EXPECT_GT(range.high, 0.3);
    const AxisRange zero = paddedRange({0, 6e-15, true});
    EXPECT_EQ(zero.low, 0);
    EXPECT_EQ(zero.high, 1);
    const AxisRange still = paddedRange({-0.0591, -0.0590, true});
    EXPECT_GT(still.high - still.low, 0.02);
}

TEST(RunHistory, GoesBackWhenAStepComesAgain) {
    RunHistory history;
    for (std::int64_t step = 1; step <= 10; ++step)
        history.append(sampleStep(step, 20));
    StepEvent again = sampleStep(6, 20);
    again.metrics = {{"reward", 0.5}, {"fresh", 1.0}};
    history.append(again);
    EXPECT_EQ(history.size(), 6U);
    EXPECT_EQ(history.lastStep(), 6);
    EXPECT_DOUBLE_EQ(history.values("reward").back(), 0.5);
    EXPECT_TRUE(std::isnan(history.values("kl").back()));
    EXPECT_TRUE(std::isnan(history.values("fresh").front()));
    EXPECT_EQ(history.values("fresh").size(), history.size());
}

TEST(RunHistory, FindsTheNearestRow) {
    RunHistory history;
    for (const std::int64_t step : {10, 20, 30})
        history.append(sampleStep(step, 40));
    EXPECT_EQ(history.rowNear(XKind::Step, -5), 0U);
    EXPECT_EQ(history.rowNear(XKind::Step, 14), 0U);
    EXPECT_EQ(history.rowNear(XKind::Step, 16), 1U);
    EXPECT_EQ(history.rowNear(XKind::Step, 99), 2U);
    EXPECT_EQ(RunHistory().rowNear(XKind::Step, 1), std::nullopt);
}

TEST(RunHistory, ReadsBackWhatTheStoreKept) {
    QTemporaryDir place;
    const std::filesystem::path folder = place.filePath("T.viva").toStdString();
    const auto store = ProjectStore::open(folder);
    const RunId run = store->createRun("a run", "{}");
    const std::vector<TrainingEvent> events = sampleRun(40, 120);
    store->appendEvents(run, events);
    const RunHistory stored = readHistory(*store, run);
    RunHistory live;
    for (const TrainingEvent& event : events) {
        if (const auto* step = std::get_if<StepEvent>(&event))
            live.append(*step);
    }
    ASSERT_EQ(stored.size(), live.size());
    EXPECT_EQ(stored.x(XKind::Tokens), live.x(XKind::Tokens));
    EXPECT_EQ(stored.x(XKind::Time), live.x(XKind::Time));
    EXPECT_EQ(stored.metricNames(), live.metricNames());
    for (const std::string& name : live.metricNames())
        EXPECT_EQ(stored.values(name), live.values(name)) << name;
    EXPECT_EQ(stored.evaluations().size(), 2U);
}

TEST(RunHistory, WritesOneLineAStep) {
    RunHistory history;
    StepEvent step;
    step.step = 3;
    step.trainSec = 1.5;
    step.tokens = 70;
    step.samples = 8;
    step.metrics = {{"reward", 0.25}, {"kl", kNan}};
    history.append(step);
    EXPECT_EQ(historyCsv(history), "step,train_sec,tokens,samples,kl,reward\n3,1.5,70,8,,0.25\n");
}

TEST(EvaluationTable, KeepsTheModelContractAndComputesGains) {
    EvaluationTable table;
    QAbstractItemModelTester tester(&table, QAbstractItemModelTester::FailureReportingMode::Fatal);
    table.setEvaluations({sampleEvaluation(0), sampleEvaluation(30)});
    ASSERT_EQ(table.rowCount(), 6);
    EXPECT_EQ(table.latestStep(), 30);
    const auto text = [&table](int row, int column) {
        return table.index(row, column).data().toString().toStdString();
    };
    EXPECT_EQ(text(0, EvaluationTable::What), "validation \u00B7 SQA \u00B7 sampled");
    EXPECT_EQ(text(0, EvaluationTable::Before), "57.7");
    EXPECT_EQ(text(0, EvaluationTable::Now), "67.8");
    EXPECT_EQ(text(0, EvaluationTable::Gain), "+10.1");
    table.setEvaluations({});
    EXPECT_EQ(table.rowCount(), 0);
    EXPECT_EQ(table.latestStep(), -1);
}

TEST(EvaluationTable, ShowsTheErrorRateOfTranscripts) {
    EvaluationTable table;
    const auto evaluation = [](std::int64_t step, double wer) {
        return EvaluationEvent{
            step,
            {{"test", "asr", "greedy", 60, 1, {{"bleu", 50.0}, {"cer", 0.1}, {"wer", wer}}},
             {"test", "sqa", "greedy", 60, 1, {{"bleu", 60.0}, {"wer", 0.5}}}}};
    };
    table.setEvaluations({evaluation(0, 0.25), evaluation(30, 0.125)});
    ASSERT_EQ(table.rowCount(), 3);
    const auto text = [&table](int row, int column) {
        return table.index(row, column).data().toString().toStdString();
    };
    EXPECT_EQ(text(0, EvaluationTable::What), "test \u00B7 ASR \u00B7 greedy \u00B7 BLEU");
    EXPECT_EQ(text(1, EvaluationTable::What), "test \u00B7 ASR \u00B7 greedy \u00B7 WER %");
    EXPECT_EQ(text(1, EvaluationTable::Before), "25.0");
    EXPECT_EQ(text(1, EvaluationTable::Now), "12.5");
    EXPECT_EQ(text(1, EvaluationTable::Gain), "+12.5") << "fewer errors are a gain";
    EXPECT_EQ(text(2, EvaluationTable::What), "test \u00B7 SQA \u00B7 greedy \u00B7 BLEU");
    EXPECT_EQ(table.headerData(EvaluationTable::What, Qt::Horizontal, Qt::DisplayRole).toString(),
              "Held-out scores");
    // A project from before there were error rates shows what it had.
    table.setEvaluations({{0, {{"test", "asr", "greedy", 60, 1, {{"bleu", 50.0}}}}}});
    ASSERT_EQ(table.rowCount(), 1);
    EXPECT_EQ(text(0, EvaluationTable::What), "test \u00B7 ASR \u00B7 greedy");
    EXPECT_EQ(table.headerData(EvaluationTable::What, Qt::Horizontal, Qt::DisplayRole).toString(),
              "Held-out BLEU");
}

TEST(EvaluationTable, ShowsNoGainBeforeTheFirstEvaluationOfTheRun) {
    EvaluationTable table;
    table.setEvaluations({sampleEvaluation(0)});
    EXPECT_EQ(table.index(0, EvaluationTable::Now).data().toString(), "");
    EXPECT_EQ(table.index(0, EvaluationTable::Gain).data().toString(), "");
}

TEST(Format, SaysTimesAndNumbersForPeople) {
    EXPECT_EQ(formatClock(131), "02:11");
    EXPECT_EQ(formatClock(3731), "1:02:11");
    EXPECT_EQ(formatClock(-1), "--:--");
    EXPECT_EQ(formatDuration(20.2), "20 s");
    EXPECT_EQ(formatDuration(3900), "65 min");
    EXPECT_EQ(formatDuration(7200), "2 h");
    EXPECT_EQ(formatNumber(0.4123), "0.412");
    EXPECT_EQ(formatNumber(12.34), "12.3");
    EXPECT_EQ(formatNumber(5e-6), "5e-6");
    EXPECT_EQ(formatNumber(0), "0");
    EXPECT_EQ(formatNumber(kNan), "n/a");
}

} // namespace
} // namespace viva
