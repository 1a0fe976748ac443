// SPDX-License-Identifier: GPL-3.0-or-later
#include "fake_run_service.h"

#include "core/run/reward_bench.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/task_runner.h"
#include "ui/models/configure/config_form.h"
#include "ui/models/configure/run_estimate.h"
#include "ui/pages/configure/configure_page.h"
#include "ui/pages/configure/form_view.h"
#include "ui/pages/configure/option_field.h"
#include "ui/pages/configure/preset_bar.h"
#include "ui/pages/configure/side_panel.h"
#include "ui/theme/theme.h"

#include <nlohmann/json.hpp>

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSpinBox>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace viva {
namespace {

TrainConfig unusual() {
    TrainConfig config;
    config.name = "my run";
    config.loss.lossType = LossType::DrGrpo;
    config.loss.beta = 0.0375;
    config.numGenerations = 12;
    config.learningRate = 3.5e-6;
    config.seed = 18446744073709551615ULL;
    config.data.tasks = {"sqa", "ast"};
    config.lora.targets = {"q_proj", "v_proj"};
    config.maskTruncatedCompletions = true;
    config.eval.greedy = false;
    config.rewards = {{"bleu", 0.7, "{}"}, {"wer", 0.3, "{}"}};
    config.device = Device::Cpu;
    return config;
}

TEST(ConfigForm, KeepsEveryOptionThroughItsTexts) {
    ConfigForm source;
    source.setPreset("x", unusual());
    ConfigForm target;
    for (const TrainOption& option : trainOptions()) {
        if (option.key != "rewards")
            target.setText(option.key, source.text(option.key));
    }
    target.setRewards(source.config().rewards);
    EXPECT_EQ(toJson(target.config()), toJson(unusual()));
}

TEST(ConfigForm, KeepsWhatCannotBeReadAndSaysWhy) {
    ConfigForm form;
    const double before = form.config().loss.beta;
    form.setText("beta", "0,0x");
    EXPECT_EQ(form.text("beta"), "0,0x");
    EXPECT_EQ(form.config().loss.beta, before);
    EXPECT_FALSE(form.canStart());
    EXPECT_TRUE(form.problem("beta").contains("0,0x"));
    form.setText("beta", "0.05");
    EXPECT_TRUE(form.canStart());
    EXPECT_EQ(form.config().loss.beta, 0.05);
}

TEST(ConfigForm, ChecksAsOneTypes) {
    ConfigForm form;
    form.setText("num_generations", "1");
    EXPECT_FALSE(form.canStart());
    EXPECT_TRUE(form.isFatal("num_generations"));
    EXPECT_FALSE(form.problem("num_generations").isEmpty());
    form.setText("num_generations", "4");
    EXPECT_TRUE(form.canStart());
    EXPECT_TRUE(form.problem("num_generations").isEmpty());
}

TEST(ConfigForm, KnowsWhatDiffersFromThePreset) {
    ConfigForm form;
    EXPECT_TRUE(form.changes().empty());
    form.setText("beta", "0.07");
    ASSERT_EQ(form.changes().size(), 1U);
    EXPECT_EQ(form.changes()[0].key, "beta");
    EXPECT_EQ(form.changes()[0].before, "0.02");
    EXPECT_EQ(form.changes()[0].now, "0.07");
    EXPECT_TRUE(form.isChanged("beta"));
    form.setText("beta", "0.02");
    EXPECT_TRUE(form.changes().empty());
}

TEST(RunEstimate, ScalesWithAnswersAndIsUnknownWithoutAMeasure) {
    TrainConfig config = TrainConfig::demo();
    EXPECT_LT(estimateRun(config, {}).runSec, 0);
    EXPECT_EQ(startSentence(config, estimateRun(config, {})),
              "Train the demo model: 120 steps of GRPO");
    const MeasuredSpeed measured{0.002, "demo", Objective::Grpo, 1};
    EXPECT_NEAR(estimateRun(config, measured).stepSec, 0.128, 1e-9);
    EXPECT_EQ(startSentence(config, estimateRun(config, measured)),
              "Train the demo model: 120 steps of GRPO, about 15 s");
    config.model = "/models/granite";
    EXPECT_LT(estimateRun(config, measured).runSec, 0);
}

class ConfigurePageTest : public testing::Test {
protected:
    ConfigurePageTest()
        : theme(*qApp), services{runs,
                                 clips,
                                 rewards,
                                 tasks,
                                 theme,
                                 place.filePath("T.viva").toStdString(),
                                 std::filesystem::path(VIVA_SOURCE_DIR) / "resources"},
          page(services) {
        page.resize(1180, 700);
        page.show();
        QTest::qWait(20);
    }

    QTemporaryDir place;
    Theme theme;
    ProjectClips clips{place.filePath("T.viva").toStdString()};
    RewardBench rewards{std::filesystem::path(VIVA_DEMO_DIR)};
    TaskRunner tasks;
    FakeRunService runs;
    PageServices services;
    ConfigurePage page;
};

TEST_F(ConfigurePageTest, HasAFieldForEveryOption) {
    for (const TrainOption& option : trainOptions()) {
        const QString key =
            QString::fromUtf8(option.key.data(), static_cast<int>(option.key.size()));
        OptionField* field = page.formView().field(key);
        ASSERT_TRUE(field) << option.key;
        EXPECT_TRUE(field->toolTip().contains(
            QString::fromUtf8(option.effect.data(), static_cast<int>(option.effect.size()))
                .toHtmlEscaped()));
    }
}

TEST_F(ConfigurePageTest, ShowsTheTenCommonOnesWithoutUnfolding) {
    int visible = 0;
    for (const TrainOption& option : trainOptions()) {
        const QString key =
            QString::fromUtf8(option.key.data(), static_cast<int>(option.key.size()));
        const bool seen = page.formView().field(key)->isVisible();
        EXPECT_EQ(seen, option.common) << option.key;
        visible += seen ? 1 : 0;
    }
    EXPECT_EQ(visible, 10);
    page.formView().showField("epsilon_high");
    EXPECT_TRUE(page.formView().field("epsilon_high")->isVisible());
}

TEST_F(ConfigurePageTest, WritesEditsIntoTheNextRun) {
    auto* steps = page.formView().field("max_steps")->findChild<QSpinBox*>();
    ASSERT_TRUE(steps);
    steps->setValue(33);
    EXPECT_EQ(page.form().config().maxSteps, 33);
    EXPECT_EQ(runs.nextConfig().maxSteps, 33);
    auto* beta = page.formView().field("beta")->findChild<QLineEdit*>();
    ASSERT_TRUE(beta);
    beta->selectAll();
    QTest::keyClicks(beta, "0.5");
    EXPECT_EQ(runs.nextConfig().loss.beta, 0.5);
    auto* objective = page.formView().field("objective")->findChild<QComboBox*>();
    objective->setCurrentText("sft");
    EXPECT_EQ(runs.nextConfig().objective, Objective::Sft);
}

TEST_F(ConfigurePageTest, DoesNotPassOnWhatCannotRun) {
    page.form().setText("num_generations", "1");
    EXPECT_NE(runs.nextConfig().numGenerations, 1);
    for (QPushButton* button : page.findChildren<QPushButton*>()) {
        if (button->text() == "Start") {
            EXPECT_FALSE(button->isEnabled());
        }
    }
}

TEST_F(ConfigurePageTest, ReadsEveryShippedPreset) {
    const auto presets =
        presetsIn(std::filesystem::path(VIVA_SOURCE_DIR) / "resources/configs", false);
    ASSERT_GE(presets.size(), 12);
    EXPECT_EQ(presets.front().name, "Demo");
    QStringList messages;
    QObject::connect(&page, &Page::messageRaised, &page,
                     [&messages](const Message& message) { messages << message.text; });
    for (const Preset& preset : presets) {
        EXPECT_FALSE(preset.source.isEmpty()) << preset.name.toStdString();
        page.loadFile(preset.file, preset.name);
        EXPECT_EQ(page.form().config(), readTrainConfig(preset.file)) << preset.name.toStdString();
        EXPECT_TRUE(page.form().canStart()) << preset.name.toStdString();
    }
    EXPECT_TRUE(messages.isEmpty());
    page.loadFile(place.filePath("missing.json").toStdString(), "missing");
    ASSERT_EQ(messages.size(), 1);
    EXPECT_TRUE(messages[0].contains("missing.json"));
}

/// Waits for the task thread that reads a folder.
void waitForModel(ConfigurePage& page, const QString& part) {
    for (int i = 0; i < 200 && !page.sidePanel().modelText().contains(part); ++i)
        QTest::qWait(20);
}

TEST_F(ConfigurePageTest, ShowsTheCardOfTheDemoModelAndItsMemory) {
    waitForModel(page, "Together");
    EXPECT_TRUE(page.sidePanel().modelText().contains("Encoder"));
    EXPECT_TRUE(page.sidePanel().modelText().contains("Context"));
    EXPECT_TRUE(page.sidePanel().memoryText().contains("Memory, about"));
    EXPECT_TRUE(page.sidePanel().memoryText().contains("free"));
}

TEST_F(ConfigurePageTest, AnOpenedFolderBecomesTheModelOfTheNextRun) {
    const QString folder = QString(VIVA_GOLDEN_DIR) + "/models/g33-sharded";
    ASSERT_TRUE(page.findChild<QPushButton*>("openModel"));
    page.openModel(folder);
    EXPECT_EQ(page.form().config().model, folder.toStdString());
    EXPECT_EQ(runs.nextConfig().model, folder.toStdString());
    waitForModel(page, "rank 8");
    EXPECT_TRUE(page.sidePanel().modelText().contains("rank 8"));
    EXPECT_TRUE(page.sidePanel().modelText().contains("BF16"));
    EXPECT_TRUE(page.sidePanel().modelText().contains("repetition penalty"));
}

TEST_F(ConfigurePageTest, AFolderThatIsNoModelSaysWhy) {
    page.openModel(place.path());
    waitForModel(page, "config.json");
    EXPECT_TRUE(page.sidePanel().modelText().contains("config.json"));
    EXPECT_TRUE(page.sidePanel().memoryText().isEmpty());
}

TEST_F(ConfigurePageTest, TheMemoryFollowsTheOptions) {
    waitForModel(page, "Together");
    const QString before = page.sidePanel().memoryText();
    page.form().setText("max_completion_length", "4000");
    EXPECT_NE(page.sidePanel().memoryText(), before);
}

TEST_F(ConfigurePageTest, TheDataSetMayBeTheProjectsOwnClips) {
    OptionField* field = page.formView().field("data.manifest");
    auto* data = field->findChild<QComboBox*>();
    ASSERT_NE(data, nullptr);
    EXPECT_EQ(data->currentText(), "Built-in demo");
    data->setCurrentIndex(data->findText("This project's clips"));
    emit data->activated(data->currentIndex());
    EXPECT_EQ(page.form().config().data.manifest, "project");
    EXPECT_EQ(runs.nextConfig().data.manifest, "project");
    page.form().setText("data.manifest", "/data/own/manifest.jsonl");
    EXPECT_EQ(data->currentText(), "/data/own/manifest.jsonl");
    page.form().setText("data.manifest", "demo");
    EXPECT_EQ(data->currentText(), "Built-in demo");
}

TEST_F(ConfigurePageTest, OffersEveryOptionWithAnExplanation) {
    const auto text = [](std::string_view view) {
        return QString::fromUtf8(view.data(), qsizetype(view.size())).toHtmlEscaped();
    };
    for (const TrainOption& option : trainOptions()) {
        OptionField* field = page.formView().field(text(option.key));
        ASSERT_NE(field, nullptr) << option.key;
        const QString tip = field->toolTip();
        for (const std::string_view part : {option.label, option.effect, option.formula,
                                            option.source, option.trlName, option.key})
            EXPECT_TRUE(tip.contains(text(part))) << option.key << ": " << part;
        EXPECT_FALSE(option.effect.empty()) << option.key;
        EXPECT_TRUE(option.effect.ends_with('.')) << option.key;
        EXPECT_FALSE(option.source.empty()) << option.key;
    }
}

/// Keys of a configuration as trainOptions() names them.
void collectKeys(const nlohmann::json& json, const std::string& prefix,
                 std::set<std::string>& keys) {
    for (const auto& [key, value] : json.items()) {
        if (value.is_object())
            collectKeys(value, prefix + key + ".", keys);
        else
            keys.insert(prefix + key);
    }
}

TEST_F(ConfigurePageTest, EveryKeyOfAConfigurationIsAnOption) {
    std::set<std::string> keys;
    collectKeys(toJson(TrainConfig()), "", keys);
    std::set<std::string> offered;
    for (const TrainOption& option : trainOptions())
        offered.insert(std::string(option.key));
    EXPECT_EQ(keys, offered);
}

TEST_F(ConfigurePageTest, OffersEveryPresetWithItsSource) {
    auto* bar = page.findChild<PresetBar*>();
    auto* choice = bar->findChild<QComboBox*>();
    ASSERT_GE(choice->count(), 13);
    for (const Preset& preset : bar->presets()) {
        if (preset.own)
            continue;
        const int at = choice->findText(preset.name);
        ASSERT_GE(at, 0) << preset.name.toStdString();
        EXPECT_FALSE(preset.source.isEmpty()) << preset.name.toStdString();
        EXPECT_TRUE(choice->itemData(at, Qt::ToolTipRole)
                        .toString()
                        .contains(preset.source.toHtmlEscaped()))
            << preset.name.toStdString();
    }
}

TEST_F(ConfigurePageTest, FieldsOfARowStandAtOneHeight) {
    const auto top = [this](const char* key) {
        OptionField* field = page.formView().field(key);
        for (QWidget* editor : field->findChildren<QWidget*>()) {
            if (qobject_cast<QComboBox*>(editor) || qobject_cast<QLineEdit*>(editor))
                return editor->mapTo(&page, QPoint()).y();
        }
        return -1;
    };
    EXPECT_EQ(top("objective"), top("model"));
    EXPECT_EQ(top("learning_rate"), top("beta"));
}

TEST_F(ConfigurePageTest, AMethodLeavesModelAndDataAlone) {
    const auto configs = std::filesystem::path(VIVA_SOURCE_DIR) / "resources/configs";
    page.form().setText("model", "/models/granite");
    page.form().setText("data.manifest", "project");
    page.form().setText("dtype", "bfloat16");
    page.form().setText("beta", "0.3");
    page.loadFile(configs / "dapo.json", "DAPO");
    EXPECT_EQ(page.form().config().model, "/models/granite");
    EXPECT_EQ(page.form().config().data.manifest, "project");
    EXPECT_EQ(page.form().config().dtype, Dtype::BFloat16);
    EXPECT_EQ(page.form().config().loss.beta, 0);
    EXPECT_TRUE(page.form().changes().empty());
    page.loadFile(configs / "demo.json", "Demo"); // which names its own
    EXPECT_EQ(page.form().config().model, "demo");
    EXPECT_EQ(page.form().config().data.manifest, "demo");
}

TEST_F(ConfigurePageTest, TheCostCountsSampledAnswersOnly) {
    const auto says = [this](const QString& text) {
        const auto labels = page.findChildren<QLabel*>();
        return std::any_of(labels.begin(), labels.end(),
                           [&](const QLabel* label) { return label->text().contains(text); });
    };
    page.form().setText("objective", "mp_grpo");
    EXPECT_TRUE(says("8 &times; 7 = 56"));
    page.form().setText("objective", "rl_sft");
    EXPECT_TRUE(says("8 &times; 8 = 64"));
}

TEST_F(ConfigurePageTest, KeepsAPresetOfOnesOwn) {
    page.form().setText("beta", "0.11");
    page.savePreset("gentle");
    EXPECT_TRUE(page.form().changes().empty());
    page.loadFile(std::filesystem::path(VIVA_SOURCE_DIR) / "resources/configs/demo.json", "Demo");
    EXPECT_EQ(page.form().config().loss.beta, 0.02);
    auto* bar = page.findChild<PresetBar*>();
    for (const Preset& preset : bar->presets()) {
        if (preset.name == "gentle")
            page.loadFile(preset.file, preset.name);
    }
    EXPECT_EQ(page.form().config().loss.beta, 0.11);
    std::filesystem::remove(bar->ownFolder() / "gentle.json");
}

} // namespace
} // namespace viva
