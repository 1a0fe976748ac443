// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clips/clip_table.h"

#include "fake_clip_source.h"
#include "ui/models/clips/clip_text.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QScrollBar>
#include <QTableView>
#include <QTest>

#include <gtest/gtest.h>

namespace viva {
namespace {

constexpr int kMany = 100000;

class ClipTableTest : public testing::Test {
protected:
    void wait(const std::function<bool()>& until) { ASSERT_TRUE(QTest::qWaitFor(until, 5000)); }
    void look(int row) const { static_cast<void>(name(row)); }
    [[nodiscard]] QString name(int row) const {
        return model.index(row, ClipTableModel::Name).data().toString();
    }

    ClipTableModel model;
};

TEST_F(ClipTableTest, IsAModelAsQtWantsIt) {
    FakeClipSource source(200);
    const QAbstractItemModelTester tester(&model,
                                          QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.setSource(&source);
    wait([&] { return model.rowCount() == 200; });
    look(150);
    wait([&] { return name(150) == "clip-151"; });
    source.all.erase(source.all.begin());
    emit source.changed();
    wait([&] { return model.rowCount() == 199; });
    model.setSource(nullptr);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST_F(ClipTableTest, PaintingAHundredThousandClipsReadsAFewPages) {
    FakeClipSource source(kMany);
    QTableView view;
    view.setModel(&model);
    view.resize(800, 600);
    view.show();
    model.setSource(&source);
    wait([&] { return name(0) == "clip-1"; });
    QTest::qWait(50);
    EXPECT_EQ(model.rowCount(), kMany);
    EXPECT_LE(source.rowsLoaded(), 2U * ClipTableModel::kPageRows);

    view.scrollToBottom();
    wait([&] { return name(kMany - 1) == "clip-100000"; });
    QTest::qWait(50);
    EXPECT_LE(source.rowsLoaded(), 5U * ClipTableModel::kPageRows);
    for (const std::size_t rows : source.loads)
        EXPECT_LE(rows, static_cast<std::size_t>(ClipTableModel::kPageRows));
}

TEST_F(ClipTableTest, DraggingTheScrollBarReadsWhereItStops) {
    FakeClipSource source(kMany);
    QTableView view;
    view.setModel(&model);
    view.resize(800, 600);
    view.show();
    model.setSource(&source);
    wait([&] { return name(0) == "clip-1"; });
    QScrollBar* bar = view.verticalScrollBar();
    QElapsedTimer clock;
    clock.start();
    constexpr int kSteps = 200;
    for (int step = 1; step <= kSteps; ++step) {
        bar->setValue(bar->maximum() / kSteps * step);
        view.repaint();
    }
    RecordProperty("paint ms", QString::number(clock.elapsed() / double(kSteps)).toStdString());
    const int row = view.rowAt(10);
    wait([&] { return name(row) == QString("clip-%1").arg(row + 1); });
    // 200 places went by; of those on the way only the latest were read.
    EXPECT_LT(source.loads.size(), 20U);
}

TEST_F(ClipTableTest, WhatIsSeenStaysUntilTheNewIsThere) {
    FakeClipSource source(10);
    model.setSource(&source);
    wait([&] { return name(3) == "clip-4"; });
    source.prefix = "new-";
    emit source.changed();
    EXPECT_EQ(name(3), "clip-4");
    wait([&] { return name(3) == "new-4"; });
}

TEST_F(ClipTableTest, ClipsOfTheSourceBeforeAreForgotten) {
    FakeClipSource first(10);
    FakeClipSource second(10);
    second.prefix = "other-";
    model.setSource(&first);
    wait([&] { return model.rowCount() == 10; });
    look(0); // asks, and the answer comes too late
    QMetaObject::invokeMethod(
        &model, [this] { look(0); }, Qt::QueuedConnection);
    QCoreApplication::processEvents();
    model.setSource(&second);
    wait([&] { return name(0) == "other-1"; });
    QTest::qWait(20);
    EXPECT_EQ(name(0), "other-1");
}

TEST_F(ClipTableTest, TheOrderIsTheColumnsAndStaysWithANewSearch) {
    FakeClipSource source(10);
    model.setSource(&source);
    model.sort(ClipTableModel::Duration, Qt::DescendingOrder);
    wait([&] { return model.idAt(0) == 10; });
    model.setFilter({.search = "x"});
    EXPECT_EQ(source.filters.back().order, ClipOrder::Duration);
    EXPECT_TRUE(source.filters.back().descending);
    EXPECT_EQ(source.filters.back().search, "x");
    model.sort(-1, Qt::AscendingOrder);
    EXPECT_EQ(source.filters.back().order, ClipOrder::Added);
    wait([&] { return !model.finding(); });
    EXPECT_EQ(model.rowOf(4), 3);
    EXPECT_EQ(model.rowOf(400), -1);
    EXPECT_EQ(model.idAt(99), 0);
}

TEST(ClipText, SaysTotalsInWords) {
    EXPECT_EQ(totalsText({412, 1080}, 412, 3), "412 clips · 18 min · 3 selected");
    EXPECT_EQ(totalsText({1, 7}, 412, 1), "1 of 412 clips · 7 s");
    EXPECT_EQ(soundLength(7200), "2.0 h");
}

TEST(ClipText, TagsArePartedByCommas) {
    EXPECT_EQ(tagsFrom(" a,b c ,, a"), (std::vector<std::string>{"a", "b c"}));
    EXPECT_EQ(tagsText({"a", "b c"}), "a, b c");
    EXPECT_TRUE(tagsFrom(" , ").empty());
}

TEST(ClipText, ATaskIsWholeWithQuestionAndAnswer) {
    UtteranceTask task{"sqa", "Who?", {"Tom."}, {}, {}, {}};
    EXPECT_FALSE(problemOf(task).any());
    task.references = {""};
    EXPECT_FALSE(problemOf(task).references.isEmpty());
    task.question.clear();
    EXPECT_FALSE(problemOf(task).question.isEmpty());
    EXPECT_TRUE(defaultQuestion("sqa").isEmpty());
    EXPECT_FALSE(defaultQuestion("ast").isEmpty());
}

} // namespace
} // namespace viva
