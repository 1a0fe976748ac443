// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"
#include "core/run/reward_bench.h"
#include "fake_run_service.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/models/clips/fault_table.h"
#include "ui/models/clips/import_preview_table.h"
#include "ui/pages/data/clip_actions.h"
#include "ui/pages/data/dialogs/column_mapper.h"
#include "ui/pages/data/dialogs/export_dialog.h"
#include "ui/pages/data/dialogs/import_dialog.h"
#include "ui/pages/data/dialogs/open_dialog.h"
#include "ui/pages/data/dialogs/splits_dialog.h"
#include "ui/theme/theme.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QSortFilterProxyModel>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <fstream>

namespace viva {
namespace {

void writePitch(const std::filesystem::path& file, float pitch = 0.2F) {
    AudioBuffer buffer;
    buffer.sampleRateHz = 16000;
    buffer.samples.resize(8000);
    for (std::size_t i = 0; i < buffer.samples.size(); ++i)
        buffer.samples[i] = 0.3F * std::sin(static_cast<float>(i) * pitch);
    std::filesystem::create_directories(file.parent_path());
    writeAudioFile(file, buffer, AudioEncoding::Wav16);
}

class DataDialogsTest : public testing::Test {
protected:
    void SetUp() override {
        clips = std::make_unique<ProjectClips>(dir / "A.viva");
        clips->open();
        wait([this] { return clips->isOpen(); });
    }
    static void wait(const std::function<bool()>& until) {
        ASSERT_TRUE(QTest::qWaitFor(until, 20000));
    }
    /// Three sounds and a table that names them, one row without its sound.
    std::filesystem::path makeTable() {
        std::ofstream table(dir / "table.csv");
        table << "file,said,who,answer\n";
        for (const std::string name : {"a", "b", "c"}) {
            writePitch(dir.path() / "sounds" / (name + ".wav"), name == "a" ? 0.1F : 0.3F);
            table << "sounds/" << name << ".wav,Words of " << name << ",S" << name << ",Answer\n";
        }
        table << "sounds/gone.wav,Nothing,Sx,Answer\n";
        return dir / "table.csv";
    }
    static QPushButton* button(const QWidget& inside, const QString& text) {
        for (QPushButton* one : inside.findChildren<QPushButton*>())
            if (one->text() == text)
                return one;
        return nullptr;
    }
    static bool shows(const QWidget& inside, const QString& words) {
        for (const QLabel* label : inside.findChildren<QLabel*>())
            if (label->isVisible() && label->text().contains(words))
                return true;
        return false;
    }
    static QComboBox* box(const QWidget& inside, const QString& name) {
        for (QComboBox* one : inside.findChildren<QComboBox*>())
            if (one->accessibleName() == name)
                return one;
        return nullptr;
    }
    [[nodiscard]] std::vector<ClipRecord> stored() const {
        const auto project = ProjectStore::openReadOnly(dir / "A.viva");
        const ClipStore store(*project);
        return store.clips(store.ids());
    }

    test::TempDir dir;
    Theme theme{*qApp};
    TaskRunner tasks;
    std::unique_ptr<ProjectClips> clips;
};

TEST_F(DataDialogsTest, ATableIsSeenMappedImportedAndReported) {
    const std::filesystem::path table = makeTable();
    ImportDialog dialog(tasks, dir / "A.viva");
    const QSignalSpy imported(&dialog, &ImportDialog::imported);
    dialog.show();
    QPushButton* begin = button(dialog, "Import");
    EXPECT_FALSE(begin->isEnabled());
    dialog.setPath(QString::fromStdString(table.string()));
    auto* mapper = dialog.findChild<ColumnMapper*>();
    wait([&] { return mapper->isVisible(); });

    // Nobody guesses that "said" is the transcript.
    const auto map = [&](const QString& field, const QString& column) {
        QComboBox* one = box(dialog, QString("Column of %1").arg(field));
        ASSERT_NE(one, nullptr);
        one->setCurrentIndex(one->findData(column));
        emit one->activated(one->currentIndex());
    };
    map("Sound", "file");
    map("Transcript", "said");
    map("Speaker", "who");
    auto* rows = dialog.findChild<ImportPreviewTable*>();
    wait([&] {
        return rows->rowCount() == 4 &&
               rows->index(0, ImportPreviewTable::Text).data().toString() == "Words of a";
    });
    EXPECT_EQ(rows->faults(), 1);
    EXPECT_TRUE(shows(dialog, "Of the first 4 clips, 1 would not go in"));
    EXPECT_TRUE(begin->isEnabled());

    box(dialog, "Split")->setEditText("train");
    wait([&] { return dialog.request().settings.split == "train"; });
    wait([&] { return begin->isEnabled(); });
    QTest::qWait(400);
    wait([&] { return begin->isEnabled(); });
    begin->click();
    wait([&] { return imported.count() > 0; });
    EXPECT_TRUE(shows(dialog, "3 clips added."));
    EXPECT_TRUE(shows(dialog, "1 clip did not go in."));
    auto* faults = dialog.findChild<FaultTable*>();
    ASSERT_EQ(faults->rowCount(), 1);
    EXPECT_TRUE(faults->asText().contains("gone.wav")) << faults->asText().toStdString();
    const auto all = stored();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[0].utterance.text, "Words of a");
    EXPECT_EQ(all[0].utterance.speaker, "Sa");
    EXPECT_EQ(all[0].utterance.split, "train");
    EXPECT_EQ(all[0].utterance.audioPath, (dir / "sounds" / "a.wav").string());
}

TEST_F(DataDialogsTest, APathWithoutDataIsSaidInWords) {
    ImportDialog dialog(tasks, dir / "A.viva");
    dialog.show();
    dialog.setPath(QString::fromStdString((dir / "nowhere").string()));
    wait([&] { return shows(dialog, "nowhere"); });
    EXPECT_FALSE(button(dialog, "Import")->isEnabled());
}

TEST_F(DataDialogsTest, FoldersOfSoundsAreOpenedAndCopied) {
    writePitch(dir.path() / "in" / "one.wav", 0.1F);
    writePitch(dir.path() / "in" / "deep" / "two.wav", 0.4F);
    std::ofstream(dir.path() / "in" / "broken.wav") << "RIFF nothing";
    OpenDialog dialog(dir / "A.viva", {QString::fromStdString((dir / "in").string())});
    const QSignalSpy opened(&dialog, &OpenDialog::opened);
    dialog.show();
    button(dialog, "Open")->click();
    wait([&] { return opened.count() == 1; });
    EXPECT_EQ(opened.front().front().toStringList().size(), 2);
    EXPECT_TRUE(shows(dialog, "2 clips added."));
    EXPECT_EQ(dialog.findChild<FaultTable*>()->rowCount(), 1);
    for (const ClipRecord& clip : stored())
        EXPECT_TRUE(clip.utterance.audioPath.starts_with("clips/")) << clip.utterance.audioPath;

    // What did not go in can be searched.
    auto* search = dialog.findChild<QLineEdit*>(QString(), Qt::FindChildrenRecursively);
    for (QLineEdit* line : dialog.findChildren<QLineEdit*>())
        if (line->placeholderText().startsWith("Search what"))
            search = line;
    const auto* filter = dialog.findChild<QSortFilterProxyModel*>();
    search->setText("no such words");
    EXPECT_EQ(filter->rowCount(), 0);
    search->setText("BROKEN");
    EXPECT_EQ(filter->rowCount(), 1);
}

class SplitsDialogTest : public DataDialogsTest {
protected:
    void SetUp() override {
        DataDialogsTest::SetUp();
        bool done = false;
        clips->write(
            clips.get(),
            [](Project& project) {
                ClipStore store(project.store());
                for (int i = 0; i < 20; ++i) {
                    ClipRecord clip;
                    clip.utterance.id = "clip-" + std::to_string(i);
                    clip.utterance.audioPath = "clips/x.wav";
                    clip.utterance.text = i < 2 ? "The same words" : "Words " + std::to_string(i);
                    clip.utterance.speaker = "s" + std::to_string(i % 5);
                    clip.utterance.split = i == 0 ? "train" : "test";
                    clip.utterance.durationSec = 1;
                    clip.source = clip.utterance.id;
                    static_cast<void>(store.add(clip, "Record"));
                }
                return 0;
            },
            [&done](int) { done = true; });
        wait([&done] { return done; });
    }
    static std::vector<ClipId> allIds() {
        std::vector<ClipId> all;
        for (ClipId id = 1; id <= 20; ++id)
            all.push_back(id);
        return all;
    }
};

TEST_F(SplitsDialogTest, LeaksAreShownWithTheClipsConcerned) {
    SplitsDialog dialog(tasks, *clips, allIds());
    dialog.show();
    QComboBox* by = box(dialog, "Deal");
    by->setCurrentIndex(by->count() - 1); // as they are
    auto* leaks = dialog.findChild<QListWidget*>();
    wait([&] { return leaks->count() == 1; });
    const QString leak = leaks->item(0)->text();
    EXPECT_TRUE(leak.contains("clip-0 (train)") && leak.contains("clip-1 (test)"))
        << leak.toStdString();
    const QSignalSpy asked(&dialog, &SplitsDialog::clipRequested);
    emit leaks->itemActivated(leaks->item(0));
    EXPECT_EQ(asked.front().front().toLongLong(), 1);
    EXPECT_FALSE(button(dialog, "Set these splits")->isEnabled());
}

TEST_F(DataDialogsTest, SoundsThatAreOnlyReferredToAreComparedOnRequest) {
    bool done = false;
    clips->write(
        clips.get(),
        [&](Project& project) {
            ClipStore store(project.store());
            for (const char* split : {"train", "test"}) {
                ClipRecord clip;
                clip.utterance.id = split;
                clip.utterance.audioPath = (dir / split).string() + ".wav";
                writeAudioFile(clip.utterance.audioPath, {std::vector<float>(800, 0.1F), 16000},
                               AudioEncoding::Wav16);
                clip.utterance.text = std::string("Words of ") + split;
                clip.utterance.split = split;
                clip.source = clip.utterance.audioPath;
                static_cast<void>(store.add(clip, "Refer"));
            }
            return 0;
        },
        [&done](int) { done = true; });
    wait([&done] { return done; });
    SplitsDialog dialog(tasks, *clips, {1, 2});
    dialog.show();
    QComboBox* by = box(dialog, "Deal");
    by->setCurrentIndex(by->count() - 1); // as they are
    wait([&] { return shows(dialog, "2 clips: the sound has not been compared"); });
    auto* leaks = dialog.findChild<QListWidget*>();
    EXPECT_EQ(leaks->count(), 0);
    button(dialog, "Compare the sounds")->click();
    wait([&] { return leaks->count() == 1; });
    EXPECT_TRUE(leaks->item(0)->text().contains("the same sound"));
    EXPECT_FALSE(button(dialog, "Compare the sounds")->isVisible());
}

TEST_F(SplitsDialogTest, SpeakersAreDealtAsAWholeAndOneUndoTakesItBack) {
    SplitsDialog dialog(tasks, *clips, allIds());
    dialog.show();
    QPushButton* set = button(dialog, "Set these splits");
    wait([&] { return set->isEnabled(); });
    EXPECT_TRUE(shows(dialog, "train: "));
    set->click();
    wait([this] { return clips->undoLabel() == "Splits of 20 clips"; });
    std::map<std::string, std::string> splitOf;
    for (const ClipRecord& clip : stored()) {
        const auto [place, fresh] =
            splitOf.try_emplace(clip.utterance.speaker, clip.utterance.split);
        EXPECT_EQ(place->second, clip.utterance.split) << clip.utterance.speaker;
    }
    clips->undo();
    wait([this] { return clips->undoLabel() != "Splits of 20 clips"; });
    EXPECT_EQ(stored()[0].utterance.split, "train");
    EXPECT_EQ(stored()[1].utterance.split, "test");
}

TEST_F(DataDialogsTest, SoundsThatMovedAreFoundTogether) {
    FakeRunService runs;
    RewardBench bench{std::filesystem::path(VIVA_DEMO_DIR)};
    const PageServices services{runs, *clips, bench, tasks, theme, dir / "A.viva", {}};
    QWidget page;
    ClipActions actions(services, *clips, page);
    QStringList messages;
    QObject::connect(&actions, &ClipActions::messageRaised, &page,
                     [&](const Message& message) { messages << message.text; });
    bool done = false;
    clips->write(
        clips.get(),
        [this](Project& project) {
            ClipStore store(project.store());
            for (const std::string name : {"a", "b", "elsewhere"}) {
                ClipRecord clip;
                clip.utterance.id = name;
                const auto folder = name == "elsewhere" ? dir / "third" : dir / "old";
                clip.utterance.audioPath = (folder / (name + ".wav")).string();
                clip.source = name;
                static_cast<void>(store.add(clip, "Record"));
            }
            return 0;
        },
        [&done](int) { done = true; });
    wait([&done] { return done; });
    for (const char* name : {"a.wav", "b.wav", "elsewhere.wav"})
        writePitch(dir.path() / "new" / name);
    actions.pointAt(stored()[0], dir.path() / "new" / "a.wav");
    wait([&] { return !messages.isEmpty(); });
    EXPECT_TRUE(messages.front().contains("1 clip of the same folder"))
        << messages.front().toStdString();
    const auto all = stored();
    EXPECT_EQ(all[1].utterance.audioPath, (dir.path() / "new" / "b.wav").string());
    EXPECT_EQ(all[2].utterance.audioPath, (dir / "third" / "elsewhere.wav").string());
}

TEST(FaultTableModel, IsAModelAsQtWantsIt) {
    FaultTable table;
    const QAbstractItemModelTester tester(&table,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    table.setFaults({{"a.tsv:3", "x", "has no\taudio"}, {"a.tsv:4", "y", "is broken"}});
    EXPECT_EQ(table.rowCount(), 2);
    EXPECT_EQ(table.asText(), "place\titem\treason\na.tsv:3\tx\thas no audio\n"
                              "a.tsv:4\ty\tis broken\n");
}

TEST(LongJobTest, TellsHowFarItIsStopsAndDelivers) {
    LongJob job;
    std::atomic<bool> entered{false};
    bool stopped = false;
    double fraction = 0;
    QObject::connect(&job, &LongJob::progressed, [&](double now) { fraction = now; });
    job.start(
        [&entered](const std::stop_token& stop, const LongJob::Progress& progress) {
            for (int i = 0; !stop.stop_requested(); ++i) {
                progress(0.25, QString::number(i));
                entered = true;
                std::this_thread::yield();
            }
            return true;
        },
        [&stopped](bool value) { stopped = value; }, [](const ErrorInfo&) { FAIL(); });
    EXPECT_TRUE(job.running());
    ASSERT_TRUE(QTest::qWaitFor([&] { return entered && fraction > 0; }, 5000));
    job.stop();
    ASSERT_TRUE(QTest::qWaitFor([&] { return stopped; }, 5000));
    EXPECT_FALSE(job.running());
    QString failure;
    job.start(
        [](const std::stop_token&, const LongJob::Progress&) -> int {
            throw Error(ErrorCode::Io, "the disk is full");
        },
        [](int) { FAIL(); },
        [&failure](const ErrorInfo& error) { failure = QString::fromStdString(error.text()); });
    ASSERT_TRUE(QTest::qWaitFor([&] { return !failure.isEmpty(); }, 5000));
    EXPECT_EQ(failure, "the disk is full");
}

} // namespace
} // namespace viva
