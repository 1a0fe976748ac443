// SPDX-License-Identifier: GPL-3.0-or-later
// The window: builds the services, hands them to the pages, and runs the event loop.
#include "app/program_start.h"
#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/base/program_folders.h"
#include "core/bertscore/bert_score_reward.h"
#include "core/engine/speech_engine.h"
#include "core/run/reward_bench.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/session_run_service.h"
#include "ui/bridge/task_runner.h"
#include "ui/main_window.h"
#include "ui/pages/page_list.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QIcon>
#include <QSettings>
#include <QTimer>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace viva {
namespace {

struct Arguments {
    std::filesystem::path project;
    QString page;
    QString show; ///< on that page
    std::optional<ThemeMode> theme;
    QString screenshot;
    int afterMs = 1500;
    QSize size;
    bool start = false;
    std::filesystem::path config;
};

[[noreturn]] void refuse(const char* option, const QString& value, const char* expected) {
    throw Error(ErrorCode::InvalidArgument, std::string("--") + option + " is \"" +
                                                value.toStdString() + "\"; it must be " + expected);
}

/// "1280x800".
QSize sizeFrom(const QString& text) {
    const QStringList parts = text.split('x');
    const QSize size = parts.size() == 2 ? QSize(parts[0].toInt(), parts[1].toInt()) : QSize();
    if (size.isEmpty())
        refuse("size", text, "a width and a height, such as 1280x800");
    return size;
}

ThemeMode themeFrom(const QString& text) {
    for (const auto& [name, mode] :
         {std::pair{"dark", ThemeMode::Dark}, std::pair{"light", ThemeMode::Light},
          std::pair{"system", ThemeMode::System}})
        if (text == name)
            return mode;
    refuse("theme", text, "light, dark or system");
}

/// Where there is no display Qt ends the program with advice about its plugins. Help, the version
/// and pictures need none; for the window the terminal's demo is named instead.
/// @return false when there is nothing to draw on.
bool findDisplay(int argc, char** argv) {
    if (!qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM") ||
        !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY"))
        return true;
    const bool visible = std::none_of(argv + 1, argv + argc, [](const std::string_view argument) {
        return argument == "-h" || argument == "--help" || argument == "--help-all" ||
               argument == "-v" || argument == "--version" || argument.starts_with("--screenshot");
    });
    if (!visible)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    return !visible;
}

Arguments parse(const QApplication& application) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        "Viva Voce: teach speech-aware language models by reinforcement, and see what happens.");
    parser.addHelpOption();
    parser.addVersionOption();
    const QCommandLineOption project("project", "Project folder NAME.viva; made when missing.",
                                     "folder");
    const QCommandLineOption page(
        "page", QStringLiteral("Page to open: %1.").arg(pageIds().join(", ")), "page");
    const QCommandLineOption show("show",
                                  "What that page shows first: a field or \"reward bench\" of "
                                  "configure, a step of groups.",
                                  "subject");
    const QCommandLineOption theme("theme", "light, dark or system.", "theme");
    const QCommandLineOption config("config", "Configuration (JSON) for the Configure page.",
                                    "file");
    const QCommandLineOption start("start", "Start a run at once.");
    const QCommandLineOption size("size", "Size of the window, such as 1280x800.", "size");
    const QCommandLineOption screenshot("screenshot", "Save a picture of the window, then quit.",
                                        "file");
    const QCommandLineOption after("after", "Wait so long before the picture.", "ms", "1500");
    parser.addOptions({project, page, show, theme, config, start, size, screenshot, after});
    parser.addPositionalArgument("project", "The same as --project.", "[NAME.viva]");
    parser.process(application);

    Arguments arguments;
    const QStringList named =
        parser.isSet(project) ? parser.values(project) : parser.positionalArguments();
    if (named.size() > 1)
        refuse("project", named.join(", "), "one folder; a window shows one project");
    arguments.project =
        named.isEmpty() ? defaultProjectFolder() : folderPath(named.front().toStdString());
    arguments.page = parser.value(page);
    arguments.show = parser.value(show);
    if (parser.isSet(theme))
        arguments.theme = themeFrom(parser.value(theme));
    arguments.screenshot = parser.value(screenshot);
    arguments.afterMs = parser.value(after).toInt();
    if (parser.isSet(size))
        arguments.size = sizeFrom(parser.value(size));
    arguments.start = parser.isSet(start);
    arguments.config = parser.value(config).toStdString();
    return arguments;
}

void offerResume(MainWindow& window, SessionRunService& runs) {
    QObject::connect(
        &runs, &SessionRunService::projectOpened, &window,
        [&window, &runs](qint64, qint64 resumable, const QString& name, qint64 done, qint64 total) {
            if (resumable == 0 || runs.status().active())
                return;
            window.showMessage(
                {MessageKind::Info,
                 QObject::tr("Run \"%1\" stopped at step %2 of %3.").arg(name).arg(done).arg(total),
                 QObject::tr("Resume"), [&window, &runs, resumable] {
                     runs.resumeRun(resumable);
                     window.showRun();
                 }});
        });
    QObject::connect(&runs, &SessionRunService::projectFailed, &window,
                     [&window](const QString& sentence) {
                         window.showMessage({MessageKind::Error, sentence, {}, {}});
                     });
}

void scheduleScreenshot(MainWindow& window, const Arguments& arguments) {
    if (arguments.screenshot.isEmpty())
        return;
    QTimer::singleShot(arguments.afterMs, &window, [&window, file = arguments.screenshot] {
        const bool saved = window.grab().save(file);
        if (!saved)
            std::cerr << "vivavoce: the picture could not be written to " << file.toStdString()
                      << "; choose a folder you may write to\n";
        QCoreApplication::exit(saved ? 0 : 1);
    });
}

int runWindow(QApplication& application) {
    const Arguments arguments = parse(application);
    QSettings settings;
    Theme theme(application);
    theme.setMode(arguments.theme.value_or(static_cast<ThemeMode>(
        settings.value("theme", static_cast<int>(ThemeMode::System)).toInt())));
    const ProgramFolders folders = findProgramFolders();
    RewardBench rewardBench(folders.demo, rewardServices);
    TaskRunner tasks;
    SessionRunService runs({arguments.project, folders, makeTrainingEngine});
    if (!arguments.config.empty())
        runs.setNextConfig(readTrainConfig(arguments.config));
    ProjectClips clips(arguments.project);
    // One after the other: both make the project where there is none yet.
    QObject::connect(&runs, &SessionRunService::projectOpened, &clips, &ProjectClips::open);
    const PageServices services{
        runs, clips, rewardBench, tasks, theme, arguments.project, folders.resources};

    MainWindow window(services, settings);
    for (Page* page : makePages(services))
        window.addPage(page);
    window.restore();
    if (arguments.size.isValid())
        window.resize(arguments.size);
    if (!arguments.page.isEmpty())
        window.showPage(arguments.page, arguments.show.isEmpty() ? QVariant() : arguments.show);
    offerResume(window, runs);
    window.show();
    runs.openProject();
    if (arguments.start)
        runs.startRun(runs.nextConfig(), false);
    scheduleScreenshot(window, arguments);
    return QApplication::exec();
}

} // namespace
} // namespace viva

int main(int argc, char** argv) {
    viva::settleThreadPolicy(argv);
    if (!viva::findDisplay(argc, argv)) {
        std::cerr
            << "vivavoce: there is no display here; run \"viva demo\" in the terminal, or name "
               "a display in DISPLAY\n";
        return 1;
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName("vivavoce");
    QApplication::setApplicationDisplayName("Viva Voce");
    QApplication::setApplicationVersion(VIVA_VERSION);
    QApplication::setWindowIcon(QIcon(":/icons/app.svg"));
    try {
        return viva::runWindow(application);
    } catch (...) {
        std::cerr << "vivavoce: " << viva::currentErrorInfo().text() << '\n';
        return 1;
    }
}
