// SPDX-License-Identifier: GPL-3.0-or-later
#include "data_page_fixture.h"

namespace viva {
namespace {

class DataEditingTest : public DataPageTest {};

TEST_F(DataEditingTest, AFieldIsKeptWhenItIsLeftAndUndone) {
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

TEST_F(DataEditingTest, TypedTextIsKeptWhenAnotherClipIsChosen) {
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

TEST_F(DataEditingTest, TypedTextIsKeptWhenThePageIsClosed) {
    openProject();
    auto* notes = field<TextField>("Notes");
    notes->setPlainText("two people");
    page.reset();
    clips.reset();
    EXPECT_EQ(stored(1).notes, "two people");
}

TEST_F(DataEditingTest, ATaskIsKeptOnceItIsWhole) {
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

TEST_F(DataEditingTest, AQuestionWithoutAnswerOutlivesTheWindow) {
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

TEST_F(DataEditingTest, ATranscriptTaskStartsWithWhatIsKnown) {
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

TEST_F(DataEditingTest, ANameThatIsTakenIsSaidBesideTheField) {
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

TEST_F(DataEditingTest, AllChosenClipsAreChangedAtOnce) {
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

TEST_F(DataEditingTest, RemovedClipsComeBackByUndo) {
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

TEST_F(DataEditingTest, AMissingSoundIsShownAsMissing) {
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

TEST_F(DataEditingTest, AnEditedSoundIsANewFileAndUndone) {
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

TEST_F(DataEditingTest, RecordingOpensInPlaceAndTheListLeadsBack) {
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

TEST_F(DataEditingTest, ATextFieldIsAsHighAsItsTextUpToAFewLines) {
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

TEST_F(DataEditingTest, ControlEnterKeepsAndGoesToTheNext) {
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
