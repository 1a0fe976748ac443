// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/data_page.h"

#include "core/audio/audio_file.h"
#include "fake_run_service.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/data/clip_card.h"
#include "ui/pages/data/clip_filter_bar.h"
#include "ui/pages/data/many_editor.h"
#include "ui/pages/data/record_panel.h"
#include "ui/pages/data/task_editor.h"
#include "ui/theme/theme.h"
#include "ui/widgets/edit_field.h"
#include "ui/widgets/filter_button.h"
#include "ui/widgets/sound_deck.h"
#include "ui/widgets/sound_view.h"

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
namespace {

void writeTone(const std::filesystem::path& file, double seconds = 1) {
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
        page = std::make_unique<DataPage>(services, *clips, manifest);
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
    PageServices services{runs, tasks, theme, dir / "A.viva", {}};
    std::unique_ptr<ProjectClips> clips;
    std::unique_ptr<DataPage> page;
    QTableView* table = nullptr;
    ClipListPanel* list = nullptr;
    ClipCard* card = nullptr;
    QStringList messages;
};

TEST_F(DataPageTest, EveryColumnOfTheTableIsSeenWithoutScrolling) {
    openDemo();
    wait([this] { return rows() > 0; });
    QTest::qWait(50);
    EXPECT_EQ(table->horizontalScrollBar()->maximum(), 0);
    EXPECT_GE(table->columnWidth(ClipTableModel::Text), 120);
}

TEST_F(DataPageTest, WordsOfTheSearchAreAllWantedAndTheCountFollows) {
    openDemo();
    wait([this] { return rows() > 0; });
    const int all = rows();
    auto* search = field<QLineEdit>("Search clips");
    search->setText("blue car");
    wait([&] { return rows() > 0 && rows() < all; });
    wait([&] { return !text(rows() - 1, ClipTableModel::Name).isEmpty(); });
    for (int row = 0; row < rows(); ++row) {
        wait([&] { return text(row, ClipTableModel::Text) != "..."; });
        const QString said = text(row, ClipTableModel::Text);
        EXPECT_TRUE(said.contains("blue", Qt::CaseInsensitive) &&
                    said.contains("car", Qt::CaseInsensitive))
            << said.toStdString();
    }
    EXPECT_TRUE(shows(QString("%1 of %2 clips").arg(rows()).arg(QLocale().toString(all))));
    search->setText("nobodyeversaysthis");
    wait([this] { return rows() == 0; });
    wait([this] { return shows("No clip is like that"); });
}

TEST_F(DataPageTest, FiltersAreThoseOfTheClips) {
    openDemo();
    wait([this] { return rows() > 0; });
    const int all = rows();
    auto* split = page->findChildren<FilterButton*>()[1];
    split->setChosen({"validation"});
    wait([&] { return rows() > 0 && rows() < all; });
    wait([&] { return text(0, ClipTableModel::Split) == "validation"; });
    EXPECT_EQ(split->text(), "validation");
    click<QPushButton>("Clear");
    wait([&] { return rows() == all; });
    EXPECT_TRUE(split->chosen().empty());
}

TEST_F(DataPageTest, AClipOfTheDemoIsShownReadOnlyAndCanBeCopied) {
    openDemo();
    wait([this] { return card->clipId() == 1; });
    auto* deck = card->findChild<SoundDeck*>();
    wait([&] { return deck->view().scanned(); });
    EXPECT_GT(deck->view().durationSec(), 0.5);
    EXPECT_EQ(field<TextField>("Transcript")->text(), text(0, ClipTableModel::Text));
    EXPECT_TRUE(field<TextField>("Transcript")->isReadOnly());
    EXPECT_EQ(field<TextField>("Instruction")->text(), "Translate the speech into German.");
    EXPECT_TRUE(field<TextField>("Reference")->isReadOnly());
    EXPECT_EQ(button<QPushButton>("Record"), nullptr);

    click<QPushButton>("Copy to the project");
    wait([this] { return !messages.isEmpty(); });
    EXPECT_TRUE(messages.front().contains("1 clip copied")) << messages.front().toStdString();
    const ClipRecord copy = stored(1);
    EXPECT_EQ(QString::fromStdString(copy.utterance.text), text(0, ClipTableModel::Text));
    EXPECT_TRUE(std::filesystem::exists(dir / "A.viva" / copy.utterance.audioPath));
    click<QPushButton>("Copy to the project");
    wait([this] { return messages.size() == 2; });
    EXPECT_TRUE(messages.back().contains("had been there"));
}

TEST_F(DataPageTest, ABrokenManifestIsSaidWithItsLine) {
    std::ofstream(dir / "manifest.jsonl") << "{\"id\": 3\n";
    openDemo(dir / "manifest.jsonl");
    wait([this] { return !messages.isEmpty(); });
    EXPECT_TRUE(messages.front().contains("manifest.jsonl")) << messages.front().toStdString();
}

TEST_F(DataPageTest, AnEmptyProjectOffersTheWaysIn) {
    open();
    wait([this] { return shows("No clips yet"); });
    EXPECT_NE(button<QPushButton>("Record (R)"), nullptr);
    EXPECT_NE(button<QPushButton>("Open..."), nullptr);
    EXPECT_NE(button<QPushButton>("Import..."), nullptr);
}

TEST_F(DataPageTest, AFieldIsKeptWhenItIsLeftAndUndone) {
    openProject();
    auto* transcript = field<TextField>("Transcript");
    EXPECT_EQ(transcript->text(), "What a says.");
    EXPECT_TRUE(shows("licence: CC0"));
    transcript->setFocus();
    transcript->selectAll();
    QTest::keyClicks(transcript, "Anna sings.");
    EXPECT_EQ(stored(1).utterance.text, "What a says.");
    QTest::keyClick(transcript, Qt::Key_Tab);
    wait([this] { return clips->undoLabel() == "Transcript of a"; });
    EXPECT_EQ(stored(1).utterance.text, "Anna sings.");
    wait([this] { return text(0, ClipTableModel::Text) == "Anna sings."; });
    auto* undo = button<QToolButton>("Undo: Transcript of a (Ctrl+Z)");
    ASSERT_NE(undo, nullptr);
    undo->click();
    wait([&] { return transcript->text() == "What a says."; });
    EXPECT_EQ(stored(1).utterance.text, "What a says.");
    QTest::keyClick(page.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    wait([&] { return transcript->text() == "Anna sings."; });
}

TEST_F(DataPageTest, TypedTextIsKeptWhenAnotherClipIsChosen) {
    openProject();
    auto* transcript = field<TextField>("Transcript");
    transcript->setFocus();
    transcript->selectAll();
    QTest::keyClicks(transcript, "Typed and left.");
    choose(1);
    wait([this] { return card->clipId() == 2; });
    EXPECT_EQ(field<TextField>("Transcript")->text(), "What b says.");
    wait([this] { return stored(1).utterance.text == "Typed and left."; });
    EXPECT_EQ(stored(2).utterance.text, "What b says.");
}

TEST_F(DataPageTest, TypedTextIsKeptWhenThePageIsClosed) {
    openProject();
    auto* notes = field<TextField>("Notes");
    notes->setPlainText("two people");
    page.reset();
    clips.reset();
    EXPECT_EQ(stored(1).notes, "two people");
}

TEST_F(DataPageTest, ATaskIsKeptOnceItIsWhole) {
    openProject();
    click<QPushButton>("+ Spoken question");
    auto* question = field<TextField>("Question");
    ASSERT_NE(question, nullptr);
    EXPECT_TRUE(question->hasFocus());
    QTest::keyClicks(question, "Who says it?");
    QTest::keyClick(question, Qt::Key_Tab);
    EXPECT_TRUE(shows("Type an answer that is right"));
    EXPECT_TRUE(stored(1).utterance.tasks.empty());

    // Another clip and back: what was typed is still there.
    choose(1);
    wait([this] { return card->clipId() == 2; });
    EXPECT_EQ(field<TextField>("Question"), nullptr);
    choose(0);
    wait([this] { return card->clipId() == 1; });
    wait([this] { return field<TextField>("Question") != nullptr; });
    EXPECT_EQ(field<TextField>("Question")->text(), "Who says it?");

    auto* reference = field<TextField>("Reference");
    reference->setFocus();
    QTest::keyClicks(reference, "Anna.");
    click<QPushButton>("+ another reference");
    auto* second = field<TextField>("Reference 2");
    ASSERT_NE(second, nullptr);
    QTest::keyClicks(second, "It is Anna.");
    QTest::keyClick(second, Qt::Key_Return);
    wait([this] { return stored(1).utterance.tasks.size() == 1; });
    wait([this] { return stored(1).utterance.tasks.front().references.size() == 2; });
    const UtteranceTask task = stored(1).utterance.tasks.front();
    EXPECT_EQ(task.task, "sqa");
    EXPECT_EQ(task.question, "Who says it?");
    EXPECT_EQ(task.references, (std::vector<std::string>{"Anna.", "It is Anna."}));
    EXPECT_FALSE(shows("Type an answer"));
    EXPECT_FALSE(std::filesystem::exists(dir / "A.viva" / "drafts.json"));
}

TEST_F(DataPageTest, AQuestionWithoutAnswerOutlivesTheWindow) {
    openProject();
    click<QPushButton>("+ Spoken question");
    QTest::keyClicks(field<TextField>("Question"), "Who \"says\" it?");
    page.reset();
    clips.reset();
    EXPECT_TRUE(stored(1).utterance.tasks.empty());
    open();
    wait([this] { return card->clipId() == 1; });
    wait([this] { return field<TextField>("Question") != nullptr; });
    EXPECT_EQ(field<TextField>("Question")->text(), "Who \"says\" it?");
    page.reset();
    clips.reset();
    std::ofstream(dir / "A.viva" / "drafts.json") << "{\"one\": []}";
    open();
    wait([this] { return !messages.isEmpty(); });
    EXPECT_TRUE(messages.front().contains("drafts.json")) << messages.front().toStdString();
}

TEST_F(DataPageTest, ATranscriptTaskStartsWithWhatIsKnown) {
    openProject();
    click<QPushButton>("+ Transcript");
    wait([this] { return stored(1).utterance.tasks.size() == 1; });
    const UtteranceTask task = stored(1).utterance.tasks.front();
    EXPECT_EQ(task.task, "asr");
    EXPECT_FALSE(task.question.empty());
    EXPECT_EQ(task.references, std::vector<std::string>{"What a says."});
    click<QToolButton>("Remove this task");
    wait([this] { return stored(1).utterance.tasks.empty(); });
}

TEST_F(DataPageTest, ANameThatIsTakenIsSaidBesideTheField) {
    openProject();
    auto* name = field<LineField>("Name");
    name->setFocus();
    name->selectAll();
    QTest::keyClicks(name, "b");
    QTest::keyClick(name, Qt::Key_Return);
    wait([this] { return shows("another clip is called \"b\""); });
    EXPECT_EQ(name->text(), "b");
    EXPECT_EQ(stored(1).utterance.id, "a");
    QTest::keyClick(name, Qt::Key_Escape);
    EXPECT_EQ(name->text(), "a");
    name->selectAll();
    QTest::keyClicks(name, "anna");
    QTest::keyClick(name, Qt::Key_Return);
    wait([this] { return stored(1).utterance.id == "anna"; });
    wait([this] { return !shows("another clip is called"); });
}

TEST_F(DataPageTest, AllChosenClipsAreChangedAtOnce) {
    openProject();
    table->selectAll();
    auto* many = page->findChild<ManyEditor*>();
    wait([&] { return many->isVisible(); });
    EXPECT_TRUE(shows("3 clips chosen"));
    EXPECT_TRUE(shows("3 selected"));
    auto* split = field<ChoiceField>("Split");
    split->setEditText("train");
    click<QPushButton>("Split: Set");
    wait([this] { return clips->undoLabel() == "Split of 3 clips"; });
    auto* tags = field<LineField>("Add tags");
    tags->setText("mine, new");
    click<QPushButton>("Add tags: Add");
    wait([this] { return clips->undoLabel() == "Tags of 3 clips"; });
    EXPECT_EQ(stored(2).utterance.tags, (std::vector<std::string>{"mine", "new"}));
    EXPECT_EQ(stored(3).utterance.split, "train");
    EXPECT_EQ(list->selectedIds().size(), 3U); // still chosen
    clips->undo();
    wait([this] { return clips->undoLabel() == "Split of 3 clips"; });
    EXPECT_TRUE(stored(2).utterance.tags.empty());
}

TEST_F(DataPageTest, RemovedClipsComeBackByUndo) {
    openProject();
    choose(1);
    table->setFocus();
    QTest::keyClick(table, Qt::Key_Delete);
    wait([this] { return rows() == 2; });
    EXPECT_TRUE(messages.back().contains("1 clip removed"));
    wait([this] { return card->clipId() != 2; });
    QTest::keyClick(page.get(), Qt::Key_Z, Qt::ControlModifier);
    wait([this] { return rows() == 3; });
    EXPECT_TRUE(std::filesystem::exists(dir / "A.viva" / "clips" / "b.wav"));
}

TEST_F(DataPageTest, AMissingSoundIsShownAsMissing) {
    openProject();
    choose(2);
    wait([this] { return card->clipId() == 3; });
    wait([this] { return shows("The sound is not at"); });
    EXPECT_NE(button<QPushButton>("Point at it..."), nullptr);
    EXPECT_FALSE(page->playPause());
    writeTone(dir / "elsewhere.wav");
    clips->change("Place", {3}, [this](ClipRecord& clip) {
        clip.utterance.audioPath = (dir / "elsewhere.wav").string();
    });
    wait([this] { return !shows("The sound is not at"); });
    auto* deck = card->findChild<SoundDeck*>();
    wait([&] { return deck->view().durationSec() > 0; });
}

TEST_F(DataPageTest, AnEditedSoundIsANewFileAndUndone) {
    openProject();
    const std::string before = stored(1).utterance.audioPath;
    emit card->soundEditRequested({0.2, 0.7, 0, std::nullopt});
    wait([&] { return stored(1).utterance.audioPath != before; });
    EXPECT_NEAR(stored(1).utterance.durationSec, 0.5, 0.01);
    EXPECT_TRUE(std::filesystem::exists(dir / "A.viva" / before));
    auto* deck = card->findChild<SoundDeck*>();
    wait([&] { return deck->view().durationSec() > 0 && deck->view().durationSec() < 0.6; });
    clips->undo();
    wait([&] { return stored(1).utterance.audioPath == before; });
    wait([&] { return deck->view().durationSec() > 0.9; });
}

TEST_F(DataPageTest, RecordingOpensInPlaceAndTheListLeadsBack) {
    openProject();
    table->setFocus();
    QTest::keyClick(table, Qt::Key_R);
    auto* recorder = page->findChild<RecordPanel*>();
    wait([&] { return recorder->isVisible(); });
    EXPECT_FALSE(card->isVisible());
    table->setFocus();
    choose(1);
    wait([this] { return card->isVisible() && card->clipId() == 2; });
    EXPECT_FALSE(recorder->isVisible());
    // In a field the letter is a letter.
    auto* transcript = field<TextField>("Transcript");
    transcript->setFocus();
    transcript->selectAll();
    QTest::keyClicks(transcript, "r");
    EXPECT_EQ(transcript->text(), "r");
    EXPECT_FALSE(recorder->isVisible());
}

TEST_F(DataPageTest, ATextFieldIsAsHighAsItsTextUpToAFewLines) {
    openProject();
    auto* transcript = field<TextField>("Transcript");
    const int one = transcript->height();
    transcript->setPlainText(QString("Many words. ").repeated(12));
    wait([&] { return transcript->height() > one; });
    const int some = transcript->height();
    transcript->setPlainText(QString("Many words. ").repeated(400));
    wait([&] { return transcript->height() > some; });
    EXPECT_LT(transcript->height(), 8 * one);
    choose(1); // a text that is there from the beginning
    wait([this] { return card->clipId() == 2; });
    wait([&] { return field<TextField>("Notes")->height() > one; });
    choose(0);
    wait([this] { return card->clipId() == 1; });
    transcript->setPlainText("Few.");
    wait([&] { return transcript->height() == one; });
}

TEST_F(DataPageTest, ControlEnterKeepsAndGoesToTheNext) {
    openProject();
    auto* transcript = field<TextField>("Transcript");
    transcript->setFocus();
    transcript->selectAll();
    QTest::keyClicks(transcript, "First.");
    QTest::keyClick(transcript, Qt::Key_Return, Qt::ControlModifier);
    wait([this] { return card->clipId() == 2; });
    wait([this] { return stored(1).utterance.text == "First."; });
    EXPECT_TRUE(transcript->hasFocus());
    EXPECT_EQ(transcript->text(), "What b says.");
}

} // namespace
} // namespace viva
