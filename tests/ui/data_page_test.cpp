// SPDX-License-Identifier: GPL-3.0-or-later
#include "data_page_fixture.h"

namespace viva {
namespace {

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

} // namespace
} // namespace viva
