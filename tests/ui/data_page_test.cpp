// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"

#include "ui/bridge/task_runner.h"
#include "ui/models/utterance_table.h"
#include "ui/pages/data/data_page.h"
#include "ui/theme/theme.h"
#include "ui/widgets/clip_strip.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

namespace viva {
namespace {

class DataPageTest : public testing::Test {
protected:
    void open(const std::filesystem::path& manifest) {
        page = std::make_unique<DataPage>(services, manifest);
        QObject::connect(page.get(), &Page::messageRaised, page.get(),
                         [this](const Message& message) { messages << message.text; });
        page->resize(1180, 690);
        page->show();
        page->activated({});
        table = page->findChild<QTableView*>();
    }
    void openDemo() {
        open(std::filesystem::path(VIVA_DEMO_DIR) / "manifest.jsonl");
        ASSERT_TRUE(QTest::qWaitFor([this] { return rows() > 0; }, 5000));
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

    QTemporaryDir place;
    Theme theme{*qApp};
    TaskRunner tasks;
    FakeRunService runs;
    PageServices services{runs, tasks, theme, {}, {}};
    std::unique_ptr<DataPage> page;
    QTableView* table = nullptr;
    QStringList messages;
};

TEST_F(DataPageTest, EveryColumnOfTheTableIsSeenWithoutScrolling) {
    openDemo();
    QTest::qWait(50);
    EXPECT_EQ(table->horizontalScrollBar()->maximum(), 0);
    EXPECT_GE(table->columnWidth(UtteranceTableModel::Text), 120);
}

TEST_F(DataPageTest, WordsOfTheSearchAreAllWantedAndTheCountFollows) {
    openDemo();
    const int all = rows();
    auto* search = page->findChild<QLineEdit*>();
    search->setText("blue car");
    ASSERT_GT(rows(), 0);
    EXPECT_LT(rows(), all);
    for (int row = 0; row < rows(); ++row) {
        const QString said = text(row, UtteranceTableModel::Text);
        EXPECT_TRUE(said.contains("blue", Qt::CaseInsensitive) &&
                    said.contains("car", Qt::CaseInsensitive))
            << said.toStdString();
    }
    EXPECT_TRUE(shows(QString("%1 of %2 clips").arg(rows()).arg(all)));
    search->setText("nobodyeversaysthis");
    EXPECT_EQ(rows(), 0);
}

TEST_F(DataPageTest, TheSplitsAreThoseOfTheManifest) {
    openDemo();
    QComboBox* split = nullptr;
    for (auto* box : page->findChildren<QComboBox*>())
        if (box->findData("validation") >= 0)
            split = box;
    ASSERT_NE(split, nullptr);
    split->setCurrentIndex(split->findData("validation"));
    ASSERT_GT(rows(), 0);
    for (int row = 0; row < rows(); ++row)
        EXPECT_EQ(text(row, UtteranceTableModel::Split), "validation");
}

TEST_F(DataPageTest, AChosenClipIsReadAndItsTasksAreShown) {
    openDemo();
    const auto* strip = page->findChild<ClipStrip*>();
    ASSERT_TRUE(QTest::qWaitFor([&] { return strip->buffer() != nullptr; }, 5000));
    EXPECT_GT(strip->buffer()->samples.size(), 1000u);
    EXPECT_TRUE(shows(text(0, UtteranceTableModel::Text)));
    EXPECT_TRUE(shows("Translate the speech into German."));
    EXPECT_TRUE(shows("Reference: "));
}

TEST_F(DataPageTest, AClipThatIsMissingIsSaidByNameAndTheRestWorks) {
    const QString file = place.filePath("manifest.jsonl");
    QFile manifest(file);
    ASSERT_TRUE(manifest.open(QIODevice::WriteOnly));
    manifest.write(
        R"({"id":"a","audio":"gone.wav","split":"train","text":"Hello.","durationSec":1,)"
        R"("tasks":[{"task":"asr","question":"Say it.","references":["Hello."]}]})"
        "\n");
    manifest.close();
    open(file.toStdString());
    ASSERT_TRUE(QTest::qWaitFor([this] { return !messages.isEmpty(); }, 5000));
    EXPECT_TRUE(messages.front().contains("gone.wav")) << messages.front().toStdString();
    EXPECT_EQ(rows(), 1);
}

TEST_F(DataPageTest, ABrokenManifestIsSaidWithItsLine) {
    const QString file = place.filePath("manifest.jsonl");
    QFile manifest(file);
    ASSERT_TRUE(manifest.open(QIODevice::WriteOnly));
    manifest.write("{\"id\": 3\n");
    manifest.close();
    open(file.toStdString());
    ASSERT_TRUE(QTest::qWaitFor([this] { return !messages.isEmpty(); }, 5000));
    EXPECT_TRUE(messages.front().contains("manifest.jsonl")) << messages.front().toStdString();
    EXPECT_TRUE(shows("cannot be read"));
}

} // namespace
} // namespace viva
