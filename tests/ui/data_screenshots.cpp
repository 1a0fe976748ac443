// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of the Data page over real clips (Debian's pocketsphinx-testdata and the built-in demo):
// viva_ui_data_screenshots FOLDER
#include "fake_run_service.h"

#include "core/project/clip_files.h"
#include "core/run/reward_bench.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/main_window.h"
#include "ui/pages/data/clip_actions.h"
#include "ui/pages/data/clip_filter_bar.h"
#include "ui/pages/data/data_page.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QSettings>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <iostream>
#include <map>

using namespace viva;

namespace {

namespace fs = std::filesystem;

const fs::path kSpeech = "/usr/share/pocketsphinx/test/data";

/// "<s> and mr john dashwood </s> (NAME)" lines: text by name.
std::map<std::string, std::string> transcripts(const fs::path& file) {
    std::map<std::string, std::string> out;
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        const auto open = line.rfind('(');
        const auto close = line.rfind(')');
        if (open == std::string::npos || close == std::string::npos)
            continue;
        QString text = QString::fromStdString(line.substr(0, open));
        text = text.remove("<s>").remove("</s>").simplified();
        out[fs::path(line.substr(open + 1, close - open - 1)).filename().string()] =
            text.toStdString();
    }
    return out;
}

void label(ClipRecord& clip, const std::map<std::string, std::string>& said) {
    const auto place = said.find(clip.utterance.id);
    if (place == said.end())
        return;
    clip.utterance.text = place->second;
    clip.utterance.tasks = {{"asr", "Write down what is said.", {place->second}, {}, {}, {}}};
    clip.utterance.split = clip.id % 4 == 0 ? "test" : "train";
    clip.utterance.language = "en";
}

void fillProject(const fs::path& project, const fs::path& demo) {
    const Manifest manifest = readManifest(demo / "manifest.jsonl");
    Project own = Project::open(project);
    ClipStore store(own.store());
    OpenClipsOptions options;
    options.labels.speaker = "Karen S.";
    options.labels.tags = {"librivox"};
    options.labels.licence = "public domain";
    const fs::path books[] = {kSpeech / "librivox", kSpeech / "cards"};
    for (const fs::path& folder : books)
        if (fs::exists(folder))
            static_cast<void>(openClips(own.store(), {&folder, 1}, options));
    const auto said = transcripts(kSpeech / "librivox" / "transcription");
    const auto cards = transcripts(kSpeech / "cards" / "cards.transcription");
    store.change("Transcripts", store.ids(), [&](ClipRecord& clip) {
        label(clip, said);
        label(clip, cards);
    });
    const std::int64_t import = store.beginImport("viva", "demo");
    for (std::size_t index = 0; index < manifest.utterances.size(); index += 9) {
        ClipRecord clip;
        clip.utterance = manifest.utterances[index];
        clip.utterance.audioPath = manifest.audioFile(manifest.utterances[index]).string();
        clip.source = clip.utterance.audioPath;
        clip.provenance = "manifest.jsonl:" + std::to_string(index + 1);
        clip.rateHz = 16000;
        clip.channels = 1;
        store.take(import, {&clip, 1}, {});
    }
    store.finishImport(import, {}, false);
}

class Camera {
public:
    Camera(MainWindow& window, QString folder) : m_window(window), m_folder(std::move(folder)) {}

    void shoot(const QString& name, int waitMs = 500) {
        QTest::qWait(waitMs);
        save(m_window.grab(), name);
    }
    void shootDialog(const QString& name, int waitMs = 900) {
        QTest::qWait(waitMs);
        if (QWidget* dialog = QApplication::activeModalWidget()) {
            save(dialog->grab(), name);
            dialog->close();
        }
        QTest::qWait(50);
    }
    void setSuffix(const QString& suffix) { m_suffix = suffix; }

private:
    void save(const QPixmap& picture, const QString& name) {
        const QString file = m_folder + '/' + name + m_suffix + ".png";
        if (!picture.save(file))
            std::cerr << "could not write " << file.toStdString() << '\n';
    }

    MainWindow& m_window;
    QString m_folder;
    QString m_suffix;
};

void press(QWidget& page, const QString& text) {
    for (QPushButton* button : page.findChildren<QPushButton*>())
        if (button->isVisible() && button->text() == text) {
            button->click();
            return;
        }
}

void shootPage(Camera& camera, DataPage& page, const fs::path& table) {
    auto* list = page.findChild<ClipListPanel*>();
    auto* view = page.findChild<QTableView*>();
    list->showSource(0);
    QTest::qWait(200);
    view->selectRow(1);
    camera.shoot("data", 1500);
    press(page, "+ Spoken question");
    camera.shoot("data-task");
    list->selectClip(list->model().idAt(4));
    view->selectRow(4);
    view->selectionModel()->select(
        QItemSelection(view->model()->index(4, 0), view->model()->index(8, 0)),
        QItemSelectionModel::Select | QItemSelectionModel::Rows);
    camera.shoot("data-many");
    view->selectRow(2);
    list->showSource(1);
    camera.shoot("data-demo", 1500);
    list->showSource(0);
    QTest::qWait(200);
    page.window()->activateWindow();
    QTest::qWait(50);
    QTest::keyClick(&page, Qt::Key_R);
    camera.shoot("data-record", 900);
    view->setFocus();
    view->selectRow(2);
    auto* actions = page.findChild<ClipActions*>();
    actions->openImport(QString::fromStdString(table.string()));
    camera.shootDialog("data-import", 1500);
    actions->openSplits(list->model().ids());
    camera.shootDialog("data-splits");
    actions->openPaths({QString::fromStdString((kSpeech / "librivox").string())});
    camera.shootDialog("data-open");
    actions->openExport({}, 8, 40);
    camera.shootDialog("data-export");
    actions->openImport(QString::fromStdString(table.string()));
    QTest::qWait(1500);
    if (QWidget* dialog = QApplication::activeModalWidget())
        press(*dialog, "Import");
    camera.shootDialog("data-report", 2000);
}

fs::path writeTable(const fs::path& folder, const fs::path& demo) {
    const Manifest manifest = readManifest(demo / "manifest.jsonl");
    std::ofstream table(folder / "sentences.csv");
    table << "path,sentence,client_id,translation\n";
    for (std::size_t index = 3; index < 200; index += 9) {
        const Utterance& one = manifest.utterances[index];
        const fs::path sound = manifest.audioFile(one);
        fs::copy_file(sound, folder / sound.filename());
        table << sound.filename().string() << ",\"" << one.text << "\"," << one.speaker << ",\""
              << one.tasks.front().references.front() << "\"\n";
    }
    table << "\"gone.opus\",\"Nobody said this.\",nobody,\"Niemand.\"\n";
    return folder / "sentences.csv";
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QString folder = argc > 1 ? argv[1] : ".";
    const QTemporaryDir place;
    QSettings settings(place.filePath("settings.ini"), QSettings::IniFormat);
    Theme theme(application);
    TaskRunner tasks;
    const fs::path project = place.filePath("Voices.viva").toStdString();
    const fs::path resources = fs::path(VIVA_SOURCE_DIR) / "resources";
    const fs::path table = writeTable(place.path().toStdString(), resources / "demo");
    FakeRunService runs(project);
    ProjectClips clips(project);
    RewardBench bench(resources / "demo");
    const PageServices services{runs, clips, bench, tasks, theme, project, resources};
    MainWindow window(services, settings);
    auto* page = new DataPage(services, resources / "demo" / "manifest.jsonl");
    window.addPage(page);
    window.resize(1280, 800);
    window.show();
    Camera camera(window, folder);
    clips.open();
    theme.setMode(ThemeMode::Light);
    camera.shoot("data-empty-light-800", 800);
    fillProject(project, resources / "demo");
    clips.refresh();
    for (const ThemeMode mode : {ThemeMode::Light, ThemeMode::Dark}) {
        theme.setMode(mode);
        for (const QSize size : {QSize(1280, 800), QSize(1920, 1080)}) {
            window.resize(size);
            camera.setSuffix(QString("-%1-%2")
                                 .arg(mode == ThemeMode::Light ? "light" : "dark")
                                 .arg(size.height()));
            shootPage(camera, *page, table);
        }
    }
    return 0;
}
