// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"

#include "core/run/reward_bench.h"
#include "core/store/project_store.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/models/runs/answer_list.h"
#include "ui/models/runs/group_table.h"
#include "ui/pages/groups/group_card.h"
#include "ui/pages/groups/groups_page.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QCheckBox>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

namespace viva {
namespace {

Group sampleGroup(std::int64_t step, int index) {
    Group group;
    group.step = step;
    group.index = index;
    group.question.id = "clip-" + std::to_string(index) + "/0";
    group.question.task = index % 2 == 0 ? "sqa" : "ast";
    group.question.text =
        index % 2 == 0 ? "Where is the key?" : "Translate the speech into German.";
    group.question.references = {"The key is in the garden."};
    group.zeroVariance = index == 2;
    const double rewards[] = {0.25, 1.0, 0.5};
    for (int member = 0; member < 3; ++member) {
        Answer answer;
        answer.text = member == 1 ? "The key is in the garden." : "The key is in the kitchen.";
        answer.tokenIds = {1, 2};
        answer.tokens = {"The", " key"};
        answer.logProbs = {-0.1F, -0.2F};
        answer.reward = group.zeroVariance ? 0.5 : rewards[member];
        answer.advantage = group.zeroVariance ? 0 : (rewards[member] - 0.5833) / 0.3819;
        answer.reason = "BLEU of member " + std::to_string(member);
        group.answers.push_back(answer);
    }
    group.rewardMean = group.zeroVariance ? 0.5 : 0.5833;
    group.rewardStd = group.zeroVariance ? 0 : 0.3819;
    return group;
}

class GroupsPageTest : public testing::Test {
protected:
    GroupsPageTest()
        : folder(place.filePath("T.viva").toStdString()), store(ProjectStore::open(folder)),
          theme(*qApp), runs(folder), services{runs, clips, bench, tasks, theme, folder, {}} {
        run = store->createRun("first", "{}");
        append(1);
        append(2);
        page = std::make_unique<GroupsPage>(services);
        page->resize(1180, 690);
        page->show();
        table = page->findChild<QTableView*>();
        answers = page->findChild<QListView*>();
        runs.sayBegun(run, "first");
    }
    void append(std::int64_t step) {
        std::vector<TrainingEvent> events;
        for (int index = 0; index < 4; ++index)
            events.emplace_back(GroupEvent{sampleGroup(step, index)});
        store->appendEvents(run, events);
    }
    void open(const QVariant& subject = {}) {
        page->activated(subject);
        ASSERT_TRUE(QTest::qWaitFor([this] { return answers->model()->rowCount() == 3; }, 3000));
    }
    [[nodiscard]] int step() const { return page->findChild<QSpinBox*>()->value(); }
    [[nodiscard]] const Group& shown() const { return page->findChild<GroupCard*>()->group(); }

    QTemporaryDir place;
    std::filesystem::path folder;
    std::unique_ptr<ProjectStore> store;
    Theme theme;
    ProjectClips clips{folder};
    RewardBench bench{std::filesystem::path(VIVA_DEMO_DIR)};
    TaskRunner tasks;
    FakeRunService runs;
    PageServices services;
    RunId run = 0;
    std::unique_ptr<GroupsPage> page;
    QTableView* table = nullptr;
    QListView* answers = nullptr;
};

TEST_F(GroupsPageTest, TheNewestStepIsShownWithTheBestAnswerFirst) {
    open();
    EXPECT_EQ(step(), 2);
    EXPECT_EQ(table->model()->rowCount(), 4);
    const auto& model = static_cast<const AnswerListModel&>(*answers->model());
    EXPECT_EQ(model.row(0).answer.text, "The key is in the garden.");
    EXPECT_DOUBLE_EQ(model.row(0).answer.reward, 1.0);
    EXPECT_DOUBLE_EQ(model.row(2).answer.reward, 0.25);
    bool changed = false;
    for (const DiffPiece& piece : model.row(1).diff)
        changed = changed || (piece.kind == DiffKind::Changed && piece.text.contains("kitchen"));
    EXPECT_TRUE(changed);
}

TEST_F(GroupsPageTest, AStepAskedForIsShownAndFollowingEnds) {
    open(QVariant::fromValue<qlonglong>(1));
    EXPECT_EQ(step(), 1);
    EXPECT_EQ(shown().step, 1);
    append(3);
    QTest::qWait(900);
    EXPECT_EQ(step(), 1) << "a person reading step 1 must not be moved";
}

TEST_F(GroupsPageTest, FollowingGoesOnWithTheRun) {
    open();
    append(3);
    EXPECT_TRUE(QTest::qWaitFor([this] { return step() == 3 && shown().step == 3; }, 3000));
}

TEST_F(GroupsPageTest, DeadGroupsAreHiddenAndQuestionsSearched) {
    open();
    for (auto* box : page->findChildren<QCheckBox*>())
        if (box->text() == "Hide dead")
            box->setChecked(true);
    EXPECT_EQ(table->model()->rowCount(), 3);
    for (auto* edit : page->findChildren<QLineEdit*>())
        if (edit->placeholderText().contains("Search"))
            edit->setText("translate");
    EXPECT_EQ(table->model()->rowCount(), 2);
}

TEST_F(GroupsPageTest, OnePromptIsShownThroughTime) {
    open();
    for (auto* button : page->findChildren<QPushButton*>())
        if (button->text().contains("through time"))
            button->click();
    ASSERT_TRUE(QTest::qWaitFor([this] { return table->model()->rowCount() == 2; }, 3000));
    EXPECT_FALSE(table->isColumnHidden(GroupTableModel::Step));
    table->selectRow(0);
    EXPECT_TRUE(QTest::qWaitFor([this] { return shown().step == 1; }, 3000));
    EXPECT_EQ(shown().question.id, "clip-0/0");
}

} // namespace
} // namespace viva
