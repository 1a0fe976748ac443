// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/pages/data/data_page.h"

#include "core/audio/audio_file.h"
#include "core/run/reward_bench.h"
#include "fake_run_service.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/data/clip/clip_card.h"
#include "ui/pages/data/clip/many_editor.h"
#include "ui/pages/data/clip/record_panel.h"
#include "ui/pages/data/clip/task_editor.h"
#include "ui/pages/data/clip_filter_bar.h"
#include "ui/theme/theme.h"
#include "ui/widgets/edit_field.h"
#include "ui/widgets/filter_button.h"
#include "ui/widgets/sound/sound_deck.h"
#include "ui/widgets/sound/sound_view.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QScrollBar>
#include <QTableView>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>

namespace viva {

inline void writeTone(const std::filesystem::path& file, double seconds = 1) {
    AudioBuffer buffer;
    buffer.sampleRateHz = 16000;
    buffer.samples.resize(static_cast<std::size_t>(16000 * seconds));
    for (std::size_t i = 0; i < buffer.samples.size(); ++i)
        buffer.samples[i] = 0.3F * std::sin(static_cast<float>(i) * 0.2F);
    std::filesystem::create_directories(file.parent_path());
    writeAudioFile(file, buffer, AudioEncoding::Wav16);
}

class DataPageTest : public testing::Test {
protected:
    void open(const std::filesystem::path& manifest = std::filesystem::path(VIVA_DEMO_DIR) /
                                                      "manifest.jsonl") {
        clips = std::make_unique<ProjectClips>(dir / "A.viva");
        page = std::make_unique<DataPage>(
            PageServices{runs, *clips, bench, tasks, theme, dir / "A.viva", {}}, manifest);
        QObject::connect(page.get(), &Page::messageRaised, page.get(),
                         [this](const Message& message) { messages << message.text; });
        page->resize(1180, 690);
        page->show();
        page->activated({});
        page->setFocus();
        clips->open();
        table = page->findChild<QTableView*>();
        list = page->findChild<ClipListPanel*>();
        card = page->findChild<ClipCard*>();
        wait([this] { return clips->isOpen(); });
    }
    void openDemo(const std::filesystem::path& manifest = std::filesystem::path(VIVA_DEMO_DIR) /
                                                          "manifest.jsonl") {
        open(manifest);
        list->showSource(1);
    }
    /// A project with clips a, b, c; c's sound is missing.
    void openProject() {
        {
            Project project = Project::open(dir / "A.viva");
            ClipStore store(project.store());
            for (const std::string name : {"a", "b", "c"}) {
                if (name != "c")
                    writeTone(dir / "A.viva" / "clips" / (name + ".wav"));
                ClipRecord clip;
                clip.utterance.id = name;
                clip.utterance.text = "What " + name + " says.";
                if (name == "b")
                    clip.notes = std::string(40, 'w') + " many " + std::string(40, 'o') + " words";
                clip.utterance.audioPath = "clips/" + name + ".wav";
                clip.utterance.durationSec = 1;
                clip.utterance.licence = "CC0";
                clip.source = name;
                static_cast<void>(store.add(clip, "Record"));
            }
        }
        open();
        wait([this] { return rows() == 3 && card->clipId() == 1; });
    }
    /// As a click on the row; whatever keys an earlier test left pressed.
    void choose(int row) const {
        table->selectionModel()->setCurrentIndex(table->model()->index(row, 0),
                                                 QItemSelectionModel::ClearAndSelect |
                                                     QItemSelectionModel::Rows);
    }
    static void wait(const std::function<bool()>& until) {
        ASSERT_TRUE(QTest::qWaitFor(until, 10000));
    }
    [[nodiscard]] int rows() const { return table->model()->rowCount(); }
    [[nodiscard]] QString text(int row, int column) const {
        return table->model()->index(row, column).data().toString();
    }
    [[nodiscard]] bool shows(const QString& words) const {
        for (const QLabel* label : page->findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words))
                return true;
        return false;
    }
    [[nodiscard]] ClipRecord stored(ClipId id) const {
        const auto project = ProjectStore::openReadOnly(dir / "A.viva");
        return ClipStore(*project).clip(id).value_or(ClipRecord{});
    }
    template<typename Field = QWidget>
    [[nodiscard]] Field* field(const QString& name) const {
        for (Field* one : page->findChildren<Field*>())
            if (one->accessibleName() == name && one->isVisible())
                return one;
        return nullptr;
    }
    template<typename Button>
    [[nodiscard]] Button* button(const QString& label) const {
        for (Button* one : page->findChildren<Button*>())
            if (one->isVisible() && (one->text() == label || one->accessibleName() == label))
                return one;
        return nullptr;
    }

    template<typename Button>
    void click(const QString& label) const {
        wait([&] { return button<Button>(label) != nullptr; });
        button<Button>(label)->click();
    }

    test::TempDir dir;
    Theme theme{*qApp};
    TaskRunner tasks;
    FakeRunService runs;
    RewardBench bench{std::filesystem::path(VIVA_DEMO_DIR)};
    std::unique_ptr<ProjectClips> clips;
    std::unique_ptr<DataPage> page;
    QTableView* table = nullptr;
    ClipListPanel* list = nullptr;
    ClipCard* card = nullptr;
    QStringList messages;
};

} // namespace viva
