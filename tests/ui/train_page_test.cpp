// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"
#include "sample_run.h"

#include "core/run/reward_bench.h"
#include "ui/bridge/heartbeat.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/bridge/training_bridge.h"
#include "ui/pages/train/chart_grid.h"
#include "ui/pages/train/chart_toolbar.h"
#include "ui/pages/train/train_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/frame/health_strip.h"

#include <QApplication>
#include <QFile>
#include <QImage>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <thread>

namespace viva {
namespace {

class TrainPageTest : public testing::Test {
protected:
    TrainPageTest()
        : folder(place.filePath("T.viva").toStdString()), store(ProjectStore::open(folder)),
          theme(*qApp), runs(folder), services{runs, clips, bench, tasks, theme, folder, {}} {}

    void open() {
        page = std::make_unique<TrainPage>(services);
        page->resize(1180, 700);
        page->show();
        QObject::connect(page.get(), &Page::destinationRequested, page.get(),
                         [this](const Destination& to) {
                             destinations << to.page;
                             steps << to.subject.toLongLong();
                         });
        QTest::qWait(30);
    }
    bool waitForSteps(std::size_t count) {
        return QTest::qWaitFor([this, count] { return page->history().size() == count; }, 3000);
    }

    QTemporaryDir place;
    std::filesystem::path folder;
    std::unique_ptr<ProjectStore> store;
    Theme theme;
    ProjectClips clips{folder};
    RewardBench bench{std::filesystem::path(VIVA_DEMO_DIR)};
    TaskRunner tasks;
    FakeRunService runs;
    PageServices services;
    std::unique_ptr<TrainPage> page;
    QStringList destinations;
    QList<qlonglong> steps;
};

TEST_F(TrainPageTest, OffersToStartWhileThereIsNothing) {
    open();
    EXPECT_FALSE(page->charts().isVisible());
    runs.sayBegun(1, "one");
    runs.say(sampleRun(3, 10));
    EXPECT_TRUE(waitForSteps(3));
    EXPECT_TRUE(page->charts().isVisible());
}

TEST_F(TrainPageTest, JoinsTheStoredPartWithLiveSteps) {
    const RunId run = store->createRun("old", "{}");
    store->appendEvents(run, sampleRun(50, 120));
    open();
    runs.sayBegun(run, "old");
    // Arrives while the stored part is still being read.
    runs.say({sampleStep(51, 120), sampleStep(52, 120)});
    EXPECT_TRUE(waitForSteps(52));
    runs.say({sampleStep(53, 120)});
    EXPECT_EQ(page->history().lastStep(), 53);
    EXPECT_EQ(page->findChild<QTableView*>()->model()->rowCount(), 6);
}

TEST_F(TrainPageTest, TakesBackStepsThatAResumeRepeats) {
    open();
    runs.sayBegun(1, "one");
    runs.say(sampleRun(60, 120));
    EXPECT_TRUE(waitForSteps(60));
    RunInfoEvent info;
    info.firstStep = 51;
    info.totalSteps = 120;
    runs.say({info, sampleStep(51, 120)});
    EXPECT_EQ(page->history().size(), 51U);
    EXPECT_EQ(page->history().resumes(), std::vector<std::int64_t>{50});
}

TEST_F(TrainPageTest, IgnoresTheRunThatIsNotShown) {
    const RunId run = store->createRun("old", "{}");
    open();
    runs.sayBegun(99, "new");
    runs.showRun(run);
    QTest::qWait(100);
    runs.say({sampleStep(1, 10)});
    EXPECT_TRUE(page->history().empty());
}

TEST_F(TrainPageTest, OpensTheGroupsOfAClickedStep) {
    open();
    runs.sayBegun(1, "one");
    runs.say(sampleRun(100, 100));
    EXPECT_TRUE(waitForSteps(100));
    QTest::qWait(400);
    MetricPlot* plot = page->charts().plots().front();
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Left);
    QTest::keyClick(plot, Qt::Key_Left);
    QTest::keyClick(plot, Qt::Key_Return);
    ASSERT_EQ(destinations, QStringList{"groups"});
    EXPECT_EQ(steps.first(), 98);
}

TEST_F(TrainPageTest, ChartsSamplesAndReferencesApartWhereThereAreReferences) {
    open();
    runs.sayBegun(1, "plain");
    runs.say(sampleRun(5, 10));
    EXPECT_TRUE(waitForSteps(5));
    EXPECT_FALSE(page->charts().showsMixedPolicy());
    runs.sayBegun(2, "mixed");
    runs.say(mixedSampleRun(5, 10));
    EXPECT_TRUE(QTest::qWaitFor([this] { return page->charts().showsMixedPolicy(); }, 3000));
    int visible = 0;
    for (const MetricPlot* plot : page->charts().plots())
        visible += plot->isVisible() ? 1 : 0;
    EXPECT_EQ(visible, trainCharts().size() + mixedPolicyCharts().size());
    runs.sayBegun(3, "plain again");
    runs.say(sampleRun(5, 10));
    EXPECT_TRUE(QTest::qWaitFor([this] { return !page->charts().showsMixedPolicy(); }, 3000));
}

TEST_F(TrainPageTest, HoldsAZoomUntilItIsReset) {
    open();
    runs.sayBegun(1, "one");
    runs.say(sampleRun(100, 200));
    EXPECT_TRUE(waitForSteps(100));
    ChartGrid& charts = page->charts();
    emit charts.plots()[2]->rangeRequested(20, 40);
    runs.say({sampleStep(101, 200)});
    EXPECT_DOUBLE_EQ(charts.view().low, 20);
    EXPECT_DOUBLE_EQ(charts.view().high, 40);
    EXPECT_FALSE(page->findChild<ChartToolbar*>()->following());
    emit charts.plots()[0]->resetRequested();
    EXPECT_GE(charts.view().high, 101);
    EXPECT_TRUE(page->findChild<ChartToolbar*>()->following());
}

TEST_F(TrainPageTest, SavesCurvesAndPicture) {
    open();
    runs.sayBegun(1, "one");
    runs.say(sampleRun(20, 120));
    EXPECT_TRUE(waitForSteps(20));
    page->saveTable(place.filePath("c.csv"));
    QFile csv(place.filePath("c.csv"));
    ASSERT_TRUE(csv.open(QIODevice::ReadOnly));
    EXPECT_EQ(csv.readAll().count('\n'), 21);
    page->savePicture(place.filePath("c.png"));
    EXPECT_GT(QImage(place.filePath("c.png")).width(), 800);
    EXPECT_THROW(page->saveTable("/no/such/folder/c.csv"), Error);
    EXPECT_THROW(page->savePicture("/no/such/folder/c.png"), Error);
}

TEST_F(TrainPageTest, SaysInWordsHowItGoes) {
    open();
    runs.sayBegun(1, "one");
    runs.say(sampleRun(100, 120));
    EXPECT_TRUE(waitForSteps(100));
    EXPECT_TRUE(page->findChild<HealthStrip*>()->text().contains("rose"));
}

TEST_F(TrainPageTest, AnswersWithinFiftyMillisecondsWhileStepsComeIn) {
    open();
    runs.sayBegun(1, "one");
    TrainingBridge bridge;
    QObject::connect(&bridge, &TrainingBridge::eventsArrived, &runs,
                     [this](const EventBatch& batch) { runs.say(*batch); });
    runs.say(sampleRun(1, 3000));
    QTest::qWait(300);
    std::atomic<bool> go{true};
    std::thread trainer([&bridge, &go] {
        for (std::int64_t step = 2; go && step < 3000; ++step) {
            bridge.onEvent(sampleStep(step, 3000));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
    });
    Heartbeat heart;
    heart.start();
    QTest::qWait(3000);
    go = false;
    trainer.join();
    EXPECT_GT(page->history().size(), 50U);
    EXPECT_LT(heart.worstOwnDelayMs(), 50) << "the event loop was held up";
}

} // namespace
} // namespace viva
