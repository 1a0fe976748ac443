// SPDX-License-Identifier: GPL-3.0-or-later
// The window over the real engine and the built-in demo.
#include "core/base/program_folders.h"
#include "core/engine/speech_engine.h"
#include "core/run/reward_bench.h"
#include "ui/bridge/heartbeat.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/session_run_service.h"
#include "ui/bridge/task_runner.h"
#include "ui/main_window.h"
#include "ui/pages/groups/groups_page.h"
#include "ui/pages/train/train_page.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <iostream>

namespace viva {
namespace {

TEST(LiveTraining, TheWindowAnswersWhileTheDemoTrains) {
    QTemporaryDir place;
    QSettings settings(place.filePath("s.ini"), QSettings::IniFormat);
    Theme theme(*qApp);
    TaskRunner tasks;
    SessionRunService::Setup setup;
    setup.projectFolder = place.filePath("Demo.viva").toStdString();
    setup.folders = findProgramFolders();
    setup.folders.cache = place.filePath("cache").toStdString();
    setup.engine = makeTrainingEngine;
    SessionRunService runs(setup);
    ProjectClips clips(setup.projectFolder);
    RewardBench bench(setup.folders.demo);
    const PageServices services{
        runs, clips, bench, tasks, theme, setup.projectFolder, setup.folders.resources};
    MainWindow window(services, settings);
    auto* train = new TrainPage(services);
    window.addPage(train);
    window.addPage(new GroupsPage(services));
    window.resize(1280, 800);
    window.show();
    runs.openProject();
    QTest::qWait(500);

    TrainConfig config = TrainConfig::demo();
    config.maxSteps = 24;
    config.eval.evalSteps = 0;
    config.eval.finalMaxItems = 6;
    QStringList failures;
    QObject::connect(&runs, &RunService::runFailed, &window,
                     [&failures](const QString& sentence) { failures << sentence; });
    Heartbeat heart;
    heart.start();
    runs.startRun(config, false);
    EXPECT_TRUE(QTest::qWaitFor([train] { return train->history().size() >= 12; }, 120000));
    window.showPage("groups"); // the answers are read from the store while it is written
    EXPECT_TRUE(
        QTest::qWaitFor([&runs] { return runs.status().state == RunState::Finished; }, 120000));
    heart.stop();
    EXPECT_TRUE(failures.isEmpty()) << failures.join("; ").toStdString();
    EXPECT_EQ(train->history().size(), 24U);
    EXPECT_TRUE(train->history().latest("kl").has_value());
    std::cout << "worst delay of the event loop: " << heart.worstDelayMs() << " ms, "
              << heart.worstOwnDelayMs() << " ms without waiting for a processor\n";
    EXPECT_LT(heart.worstOwnDelayMs(), 50);
}

} // namespace
} // namespace viva
