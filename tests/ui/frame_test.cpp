// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"
#include "sample_run.h"

#include "core/run/reward_bench.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/main_window.h"
#include "ui/pages/page_list.h"
#include "ui/theme/theme.h"
#include "ui/widgets/frame/command_palette.h"
#include "ui/widgets/frame/message_strip.h"
#include "ui/widgets/number_label.h"

#include <QApplication>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QToolButton>

#include <gtest/gtest.h>

namespace viva {
namespace {

class PlainPage : public Page {
public:
    PlainPage(QString id, QString title) : m_id(std::move(id)), m_title(std::move(title)) {}
    QString id() const override { return m_id; }
    QString title() const override { return m_title; }
    QString iconName() const override { return "data"; }
    bool followsRun() const override { return m_id == "train"; }
    void activated(const QVariant& subject) override { subjects << subject; }
    bool playPause() override {
        ++plays;
        return true;
    }
    QList<Command> commands() override {
        return {{"Option", "KL weight", "beta", {}, [this] { ++commandsRun; }}};
    }

    QVariantList subjects;
    int plays = 0;
    int commandsRun = 0;

private:
    QString m_id;
    QString m_title;
};

class MainWindowTest : public testing::Test {
protected:
    MainWindowTest()
        : settings(place.filePath("s.ini"), QSettings::IniFormat),
          theme(*qApp), services{runs, clips, bench, tasks, theme, "/data/Demo.viva", {}} {
        window = std::make_unique<MainWindow>(services, settings);
        for (const char* name : {"data", "configure", "train", "groups"}) {
            pages << new PlainPage(name, name);
            window->addPage(pages.last());
        }
        window->resize(1280, 800);
        window->show();
        QTest::qWait(20);
    }

    void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
        QTest::keyClick(window.get(), key, modifiers);
        QTest::qWait(5);
    }
    template<typename Widget>
    Widget* named(const QString& name) {
        for (Widget* widget : window->findChildren<Widget*>()) {
            if (widget->accessibleName() == name)
                return widget;
        }
        return nullptr;
    }

    QTemporaryDir place;
    QSettings settings;
    Theme theme;
    ProjectClips clips{"/data/Demo.viva"};
    RewardBench bench{std::filesystem::path(VIVA_DEMO_DIR)};
    TaskRunner tasks;
    FakeRunService runs;
    PageServices services;
    std::unique_ptr<MainWindow> window;
    QList<PlainPage*> pages;
};

TEST_F(MainWindowTest, EveryPageOfTheListIsNamedAsItsFolderAndOneFollowsTheRun) {
    const PageServices all{runs,
                           clips,
                           bench,
                           tasks,
                           theme,
                           "/data/Demo.viva",
                           std::filesystem::path(VIVA_DEMO_DIR).parent_path()};
    QStringList ids;
    int following = 0;
    for (const Page* page : makePages(all)) {
        ids << page->id();
        following += page->followsRun() ? 1 : 0;
        EXPECT_FALSE(page->title().isEmpty());
        delete page;
    }
    EXPECT_EQ(ids, pageIds());
    EXPECT_EQ(ids, QStringList({"data", "configure", "train", "groups"}));
    EXPECT_EQ(following, 1);
}

TEST_F(MainWindowTest, ShowsThePageThatFollowsTheRun) {
    window->showPage("groups");
    window->showRun();
    EXPECT_EQ(window->currentPageId(), "train");
    QSettings fresh(place.filePath("fresh.ini"), QSettings::IniFormat);
    MainWindow next(services, fresh);
    for (const char* name : {"data", "configure", "train", "groups"})
        next.addPage(new PlainPage(name, name));
    next.restore(); // nothing is remembered
    EXPECT_EQ(next.currentPageId(), "train");
}

TEST_F(MainWindowTest, SwitchesPagesByKeys) {
    key(Qt::Key_3, Qt::ControlModifier);
    EXPECT_EQ(window->currentPageId(), "train");
    key(Qt::Key_1, Qt::ControlModifier);
    EXPECT_EQ(window->currentPageId(), "data");
    key(Qt::Key_4, Qt::ControlModifier);
    EXPECT_EQ(window->currentPageId(), "groups");
}

TEST_F(MainWindowTest, GivesSpaceToThePageInView) {
    key(Qt::Key_2, Qt::ControlModifier);
    key(Qt::Key_Space);
    EXPECT_EQ(pages[1]->plays, 1);
    EXPECT_EQ(pages[0]->plays, 0);
}

TEST_F(MainWindowTest, StartsPausesAndContinuesWithF5) {
    key(Qt::Key_F5);
    EXPECT_EQ(runs.commands, QStringList{"start"});
    runs.sayState(RunState::Running);
    key(Qt::Key_F5);
    runs.sayState(RunState::Paused);
    key(Qt::Key_F5);
    EXPECT_EQ(runs.commands, (QStringList{"start", "pause", "proceed"}));
    EXPECT_EQ(window->currentPageId(), "train");
}

TEST_F(MainWindowTest, MakesOneStepWithF10) {
    key(Qt::Key_F10);
    EXPECT_EQ(runs.commands, (QStringList{"startPaused", "step"}));
    runs.sayState(RunState::Paused);
    key(Qt::Key_F10);
    EXPECT_EQ(runs.commands.last(), "step");
    EXPECT_EQ(runs.commands.size(), 3);
}

TEST_F(MainWindowTest, ShowsTheControlsThatFitTheState) {
    auto* start = window->findChild<QPushButton*>();
    auto* pause = named<QToolButton>("Pause");
    auto* stop = named<QToolButton>("Stop and keep");
    ASSERT_TRUE(pause && stop);
    EXPECT_TRUE(stop->isHidden());
    runs.say(sampleRun(30, 120));
    EXPECT_FALSE(stop->isHidden());
    EXPECT_FALSE(pause->isHidden());
    auto* progress = named<QProgressBar>("Progress of the run");
    ASSERT_TRUE(progress);
    EXPECT_EQ(progress->value(), 250);
    stop->click();
    EXPECT_EQ(runs.commands.last(), "stop");
    runs.sayState(RunState::Paused);
    EXPECT_EQ(pause->accessibleName(), "Continue");
    runs.sayState(RunState::Stopping);
    EXPECT_FALSE(stop->isEnabled());
    Q_UNUSED(start);
}

TEST_F(MainWindowTest, CarriesAPagesWishToAnotherPage) {
    emit pages[2]->destinationRequested({"groups", QVariant::fromValue<qlonglong>(17)});
    EXPECT_EQ(window->currentPageId(), "groups");
    EXPECT_EQ(pages[3]->subjects.last().toLongLong(), 17);
}

TEST_F(MainWindowTest, RemembersWhereItWas) {
    window->showPage("groups");
    window->resize(1111, 777);
    window->close();
    MainWindow next(services, settings);
    for (const char* name : {"data", "configure", "train", "groups"})
        next.addPage(new PlainPage(name, name));
    next.restore();
    EXPECT_EQ(next.currentPageId(), "groups");
    EXPECT_EQ(next.size(), QSize(1111, 777));
}

TEST_F(MainWindowTest, SavesARunBeforeItCloses) {
    runs.sayState(RunState::Running);
    QTimer::singleShot(50, [] {
        auto* question = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
        ASSERT_TRUE(question);
        question->defaultButton()->click();
    });
    EXPECT_FALSE(window->close());
    EXPECT_EQ(runs.commands, QStringList{"stop"});
    EXPECT_TRUE(window->isVisible());
    runs.sayState(RunState::Stopping);
    EXPECT_TRUE(window->isVisible());
    runs.sayState(RunState::Stopped);
    QTest::qWait(20);
    EXPECT_FALSE(window->isVisible());
}

TEST_F(MainWindowTest, StaysWhenThePersonStays) {
    runs.sayState(RunState::Running);
    QTimer::singleShot(50, [] {
        auto* question = qobject_cast<QMessageBox*>(QApplication::activeModalWidget());
        ASSERT_TRUE(question);
        question->reject();
    });
    EXPECT_FALSE(window->close());
    EXPECT_TRUE(runs.commands.isEmpty());
}

TEST_F(MainWindowTest, ShowsAMessageWithItsAction) {
    int done = 0;
    window->showMessage(
        {MessageKind::Info, "A run can be resumed.", "Resume", [&done] { ++done; }});
    auto* strip = window->findChild<MessageStrip*>();
    ASSERT_TRUE(strip && strip->isVisible());
    for (QPushButton* button : strip->findChildren<QPushButton*>()) {
        if (button->text() == "Resume")
            button->click();
    }
    EXPECT_EQ(done, 1);
    EXPECT_FALSE(strip->isVisible());
}

TEST_F(MainWindowTest, KeepsAnErrorUntilItIsRead) {
    emit runs.recordingFailed("The disk is full.");
    window->showMessage({MessageKind::Info, "later", {}, {}});
    auto* strip = window->findChild<MessageStrip*>();
    EXPECT_EQ(strip->text(), "The disk is full.");
    strip->dismiss();
    EXPECT_EQ(strip->text(), "later");
}

TEST_F(MainWindowTest, FindsAndRunsByCommandPalette) {
    key(Qt::Key_K, Qt::ControlModifier);
    auto* palette = window->findChild<CommandPalette*>();
    ASSERT_TRUE(palette);
    auto* field = palette->findChild<QLineEdit*>();
    QTest::keyClicks(field, "klw");
    QTest::keyClick(field, Qt::Key_Return);
    EXPECT_EQ(pages[0]->commandsRun, 1);
}

TEST_F(MainWindowTest, NamesEverythingThatCanBeReachedByTab) {
    QWidget* first = window->nextInFocusChain();
    QWidget* widget = first;
    int reached = 0;
    do {
        if ((widget->focusPolicy() & Qt::TabFocus) && widget->isVisible()) {
            ++reached;
            const auto* button = qobject_cast<QAbstractButton*>(widget);
            EXPECT_TRUE(!widget->accessibleName().isEmpty() ||
                        (button && !button->text().isEmpty()))
                << widget->metaObject()->className();
        }
        widget = widget->nextInFocusChain();
    } while (widget != first);
    EXPECT_GE(reached, 6);
}

TEST(CommandPalette, RanksBeginningsBeforeMiddlesBeforeScatteredLetters) {
    const int beginning = CommandPalette::fit("temp", "Temperature");
    const int middle = CommandPalette::fit("temp", "Evaluation temperature");
    const int scattered = CommandPalette::fit("tmpr", "Temperature");
    EXPECT_GT(beginning, middle);
    EXPECT_GT(middle, scattered);
    EXPECT_GT(scattered, 0);
    EXPECT_EQ(CommandPalette::fit("xyz", "Temperature"), 0);
}

TEST(NumberLabel, KeepsItsWidthWhenDigitsChange) {
    NumberLabel label;
    label.setText("111.1");
    const int narrow = label.sizeHint().width();
    label.setText("888.8");
    EXPECT_EQ(label.sizeHint().width(), narrow);
}

} // namespace
} // namespace viva
