// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the pages over a fixed series of numbers: viva_ui_screenshots FOLDER
#include "fake_run_service.h"
#include "sample_run.h"

#include "core/run/reward_bench.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/main_window.h"
#include "ui/pages/configure/configure_page.h"
#include "ui/pages/configure/form_view.h"
#include "ui/pages/configure/preset_bar.h"
#include "ui/pages/train/chart_grid.h"
#include "ui/pages/train/train_page.h"
#include "ui/theme/theme.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QElapsedTimer>
#include <QPainter>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include <iostream>

using namespace viva;

namespace {

void wait(int ms) {
    QTest::qWait(ms);
}

void shoot(MainWindow& window, const QString& folder, const QString& name) {
    const QString file = folder + '/' + name + ".png";
    if (!window.grab().save(file))
        std::cerr << "could not write " << file.toStdString() << '\n';
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QString folder = argc > 1 ? argv[1] : ".";
    QTemporaryDir place;
    QSettings settings(place.filePath("settings.ini"), QSettings::IniFormat);
    Theme theme(application);
    const auto resources = std::filesystem::path(VIVA_SOURCE_DIR) / "resources";
    RewardBench bench(resources / "demo");
    TaskRunner tasks;
    const std::filesystem::path project = place.filePath("Demo.viva").toStdString();
    static_cast<void>(ProjectStore::open(project));
    FakeRunService runs(project);
    ProjectClips clips(project);
    const PageServices services{runs, clips, bench, tasks, theme, project, resources};
    MainWindow window(services, settings);
    auto* configure = new ConfigurePage(services);
    window.addPage(configure);
    window.addPage(new TrainPage(services));
    window.restore();
    window.show();
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        theme.setMode(mode);
        const QString suffix = mode == ThemeMode::Light ? "light" : "dark";
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.resize(size);
            const QString at = QString("-%1-%2").arg(suffix).arg(size.height());
            if (mode == ThemeMode::Light && size.height() == 800) {
                window.showPage("train");
                wait(100);
                shoot(window, folder, "train-empty" + at);
                window.showPage("configure");
                wait(300);
                shoot(window, folder, "configure-fresh" + at);
                runs.sayBegun(1, "grpo-beta-0.02");
                wait(200);
                runs.say(sampleRun(86, 120));
            }
            window.showPage("train");
            wait(1500);
            shoot(window, folder, "train" + at);
            runs.sayBegun(2, "mp-grpo");
            wait(200);
            runs.say(mixedSampleRun(86, 120));
            wait(1500);
            shoot(window, folder, "train-mixed" + at);
            runs.sayBegun(1, "grpo-beta-0.02");
            wait(200);
            runs.say(sampleRun(86, 120));
            window.showPage("configure");
            configure->form().setText("objective", "mp_grpo");
            configure->formView().showField("off_policy_shaping");
            wait(300);
            shoot(window, folder, "configure-mixed" + at);
            configure->form().setText("objective", "grpo");
            configure->form().setText("beta", "0.04");
            configure->form().setText("num_generations", "1");
            configure->form().setText("top_p", "0.9");
            configure->formView().showField("epsilon");
            wait(300);
            shoot(window, folder, "configure" + at);
            auto* presets = configure->findChild<PresetBar*>()->findChild<QComboBox*>();
            presets->showPopup();
            wait(300);
            QPixmap opened = window.grab();
            QPainter(&opened).drawPixmap(
                window.mapFromGlobal(presets->view()->window()->mapToGlobal(QPoint())),
                presets->view()->window()->grab());
            opened.save(folder + "/presets" + at + ".png");
            presets->hidePopup();
            configure->activated(QStringLiteral("reward bench"));
            wait(600);
            shoot(window, folder, "reward-bench" + at);
            window.openCommandPalette();
            wait(200);
            if (QWidget* palette = QApplication::activeModalWidget()) {
                palette->grab().save(folder + "/palette" + at + ".png");
                palette->close();
            }
        }
    }
    return 0;
}
