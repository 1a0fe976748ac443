// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"

#include "core/rewards/reward_registry.h"
#include "core/run/reward_bench.h"
#include "core/store/project_store.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/models/configure/config_form.h"
#include "ui/models/configure/reward_report.h"
#include "ui/models/runs/answer_list.h"
#include "ui/pages/configure/configure_page.h"
#include "ui/pages/configure/form_view.h"
#include "ui/pages/configure/formula_edit.h"
#include "ui/pages/configure/option_field.h"
#include "ui/pages/configure/reward_bench_panel.h"
#include "ui/pages/configure/reward_options_form.h"
#include "ui/pages/configure/reward_row.h"
#include "ui/theme/theme.h"

#include <nlohmann/json.hpp>

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabWidget>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

#include <gtest/gtest.h>

namespace viva {
namespace {

class RewardBenchTest : public testing::Test {
protected:
    RewardBenchTest()
        : folder(place.filePath("T.viva").toStdString()), store(ProjectStore::open(folder)),
          theme(*qApp),
          runs(folder), services{runs,
                                 clips,
                                 rewards,
                                 tasks,
                                 theme,
                                 folder,
                                 std::filesystem::path(VIVA_SOURCE_DIR) / "resources"},
          page(services) {
        page.resize(1180, 690);
        page.show();
    }
    RewardBenchPanel& bench() { return page.rewardBench(); }
    void type(const QString& answers, const QString& references) {
        const auto edits = bench().findChildren<QPlainTextEdit*>();
        edits.at(0)->setPlainText(answers);
        edits.at(1)->setPlainText(references);
    }
    bool waitFor(const std::function<bool()>& condition) {
        return QTest::qWaitFor(condition, 5000);
    }
    bool waitForAnswers(std::size_t count) {
        return waitFor([&] { return bench().result().group.answers.size() == count; });
    }
    QString report() { return bench().findChild<QTextBrowser*>()->toPlainText(); }
    RewardRow* row() { return page.formView().findChild<RewardRow*>(); }
    void chooseReward(const QString& name) { row()->findChild<QComboBox*>()->setCurrentText(name); }

    QTemporaryDir place;
    std::filesystem::path folder;
    std::unique_ptr<ProjectStore> store;
    Theme theme;
    ProjectClips clips{folder};
    RewardBench rewards{std::filesystem::path(VIVA_DEMO_DIR)};
    TaskRunner tasks;
    FakeRunService runs;
    PageServices services;
    ConfigurePage page;
};

TEST_F(RewardBenchTest, ShowsEachRewardItsReasonAndTheAdvantage) {
    page.form().setRewards({{"wer", 0.5, "{}"}, {"exact_match", 0.25, "{}"}});
    type("a b\na c\nd e", "a b");
    ASSERT_TRUE(waitForAnswers(3));
    EXPECT_NEAR(bench().result().group.answers[0].reward, 0.75, 1e-12);
    EXPECT_TRUE(report().contains("wer"));
    EXPECT_TRUE(report().contains("WER 0.0 %: 2 right"));
    EXPECT_TRUE(report().contains("exact_match"));
    EXPECT_TRUE(report().contains("A = ("));
    auto* list = bench().findChild<QListView*>("benchAnswers");
    list->setCurrentIndex(list->model()->index(2, 0));
    EXPECT_TRUE(report().contains("0.0000"));
}

TEST_F(RewardBenchTest, FollowsTheFormAsItChanges) {
    type("a b\na c\nd e", "a b");
    ASSERT_TRUE(waitForAnswers(3));
    const double before = bench().result().group.answers[1].advantage;
    page.form().setText("scale_rewards", "none");
    EXPECT_TRUE(waitFor([&] { return bench().result().group.answers[1].advantage != before; }));
    page.form().setText("objective", "mp_grpo");
    EXPECT_TRUE(waitForAnswers(4)); // the reference joined
}

TEST_F(RewardBenchTest, ChecksAFormulaAsItIsTyped) {
    chooseReward("expression");
    auto* formula = page.formView().findChild<FormulaEdit*>();
    ASSERT_TRUE(formula->isVisible());
    EXPECT_EQ(page.form().config().rewards[0].optionsJson, R"({"expression":"bleu"})");
    formula->setPlainText("0.5*bleu + 0.5*wrods");
    EXPECT_TRUE(page.form().isFatal("rewards"));
    EXPECT_TRUE(page.form().problem("rewards").contains("character 16"));
    ASSERT_EQ(formula->extraSelections().size(), 1);
    EXPECT_EQ(formula->extraSelections()[0].cursor.selectedText(), "wrods");
    EXPECT_FALSE(page.form().canStart());
    formula->setPlainText("0.5*bleu + 0.5*(words <= 3)");
    EXPECT_TRUE(page.form().canStart());
    EXPECT_TRUE(formula->extraSelections().isEmpty());
    type("a b\na c d e", "a b");
    ASSERT_TRUE(waitForAnswers(2));
    EXPECT_TRUE(waitFor([&] { return report().contains("words <= 3"); }));
}

TEST_F(RewardBenchTest, ARewardThatNeedsOptionsAsksForThem) {
    chooseReward("format");
    auto* form = row()->findChild<RewardOptionsForm*>();
    ASSERT_TRUE(form->isVisible());
    EXPECT_TRUE(waitFor([&] { return page.form().isFatal("rewards"); }));
    auto* pattern = form->findChild<QLineEdit*>("pattern");
    ASSERT_TRUE(pattern);
    QTest::keyClicks(pattern, ".*");
    EXPECT_TRUE(waitFor([&] { return page.form().canStart(); }));
    EXPECT_EQ(page.form().config().rewards[0].optionsJson, R"({"pattern":".*"})");
}

TEST_F(RewardBenchTest, OptionsAreFieldsWithTheirChoicesAndDefaults) {
    auto* fold = row()->findChild<QToolButton*>("rewardOptions");
    auto* form = row()->findChild<RewardOptionsForm*>();
    EXPECT_FALSE(form->isVisible());
    fold->click();
    ASSERT_TRUE(form->isVisible());
    auto* tokenize = form->findChild<QComboBox*>("tokenize");
    ASSERT_TRUE(tokenize);
    EXPECT_EQ(tokenize->currentText(), "13a");
    tokenize->setCurrentText("char");
    form->findChild<QCheckBox*>("effective_order")->click();
    EXPECT_EQ(nlohmann::json::parse(page.form().config().rewards[0].optionsJson),
              nlohmann::json::parse(R"({"tokenize": "char", "effective_order": false})"));
    EXPECT_EQ(fold->text(), "tokenize char, no effective_order");
    auto* value = form->findChild<QLineEdit*>("smooth_value");
    QTest::keyClicks(value, "x");
    EXPECT_TRUE(page.form().problem("rewards").contains("smooth_value"));
    EXPECT_FALSE(page.form().canStart());
    value->clear();
    QTest::keyClicks(value, "0.5");
    EXPECT_TRUE(page.form().canStart());
    tokenize->setCurrentText("13a"); // a default is not written
    EXPECT_EQ(nlohmann::json::parse(page.form().config().rewards[0].optionsJson),
              nlohmann::json::parse(R"({"effective_order": false, "smooth_value": 0.5})"));
}

TEST_F(RewardBenchTest, OptionsOfAConfigurationStandInTheirFields) {
    TrainConfig config = page.form().config();
    config.rewards = {{"meteor", 1.0, R"({"alpha": 0.85, "wordnet": "none"})"}};
    page.form().setConfig(config);
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); // the row before
    auto* form = row()->findChild<RewardOptionsForm*>();
    EXPECT_EQ(form->findChild<QLineEdit*>("alpha")->text(), "0.85");
    EXPECT_EQ(form->findChild<QLineEdit*>("beta")->placeholderText(), "3");
    EXPECT_EQ(form->summary(), "alpha 0.85, wordnet none");
    EXPECT_EQ(page.form().config().rewards, config.rewards);
}

TEST_F(RewardBenchTest, AFormulaTakesScoresWithOptionsOfTheirOwn) {
    chooseReward("expression");
    row()->findChild<QToolButton*>("rewardOptions")->click();
    auto* scores = row()->findChild<QLineEdit*>("scores");
    ASSERT_TRUE(scores);
    scores->setText(R"({"stems": {"reward": "rougeL", "options": {"use_stemmer": true}}})");
    emit scores->textEdited(scores->text());
    page.formView().findChild<FormulaEdit*>()->setPlainText("0.5*stems + 0.5*bleu");
    EXPECT_TRUE(page.form().problem("rewards").isEmpty())
        << page.form().problem("rewards").toStdString();
    const auto options = nlohmann::json::parse(page.form().config().rewards[0].optionsJson);
    EXPECT_EQ(options["expression"], "0.5*stems + 0.5*bleu");
    EXPECT_EQ(options["scores"]["stems"]["reward"], "rougeL");
}

TEST_F(RewardBenchTest, OffersEveryRewardWithItsDescription) {
    auto* names = row()->findChild<QComboBox*>();
    for (const RewardInfo& info : rewardInfos()) {
        const auto name = QString::fromUtf8(info.name.data(), qsizetype(info.name.size()));
        const int at = names->findText(name);
        ASSERT_GE(at, 0) << info.name;
        EXPECT_TRUE(names->itemData(at, Qt::ToolTipRole)
                        .toString()
                        .contains(QString::fromUtf8(info.description.data(),
                                                    qsizetype(info.description.size()))
                                      .toHtmlEscaped()))
            << info.name;
    }
}

TEST_F(RewardBenchTest, TakesAStoredGroup) {
    const RunId run = store->createRun("first", "{}");
    Group group;
    group.step = 3;
    group.question.text = "Where is the key?";
    group.question.references = {"in the garden"};
    for (const char* text : {"in the garden", "in the house"}) {
        Answer answer;
        answer.text = text;
        answer.tokenIds = {1, 2, 3, 4};
        group.answers.push_back(answer);
    }
    Answer reference;
    reference.text = "in the garden";
    reference.origin = AnswerOrigin::Reference;
    group.answers.push_back(reference);
    store->appendEvents(run, std::vector<TrainingEvent>{GroupEvent{group}});
    const auto stored = store->groupsOfStep(run, 3);
    ASSERT_EQ(stored.size(), 1U);
    page.activated(static_cast<qlonglong>(stored[0].id));
    EXPECT_EQ(page.findChild<QTabWidget*>()->currentWidget(), &bench());
    ASSERT_TRUE(waitForAnswers(2)); // the objective of the form takes no reference
    EXPECT_EQ(bench().result().group.answers[1].text, "in the house");
    EXPECT_EQ(bench().result().group.question.references, group.question.references);
}

TEST_F(RewardBenchTest, StaysResponsiveAndDropsWhatIsStale) {
    for (int i = 0; i < 30; ++i)
        type(QString("a b\na %1").arg(i), "a b");
    ASSERT_TRUE(waitFor([&] {
        const auto& answers = bench().result().group.answers;
        return answers.size() == 2 && answers[1].text == "a 29";
    }));
}

TEST(RewardReport, NamesWhatIsWrongInTheSummary) {
    BenchResult result;
    BenchReward& reward = result.rewards.emplace_back();
    reward.label = "bleu";
    reward.problem = "no <reference>";
    EXPECT_TRUE(benchSummary(result, lightColors()).contains("no &lt;reference&gt;"));
}

TEST(RewardReport, LinesLeaveOutWhatIsEmpty) {
    EXPECT_EQ(linesOf(" a \n\n b"), (std::vector<std::string>{"a", "b"}));
    EXPECT_TRUE(linesOf("").empty());
}

} // namespace
} // namespace viva
