// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/reward_row.h"

#include "core/rewards/reward_registry.h"
#include "ui/models/format.h"
#include "ui/pages/configure/calm.h"
#include "ui/pages/configure/formula_edit.h"
#include "ui/pages/configure/reward_options_form.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <nlohmann/json.hpp>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

namespace {

using Json = nlohmann::json;

/// The options as an object; empty where they are none.
Json optionsOf(const RewardSpec& reward) {
    Json options = Json::parse(reward.optionsJson, nullptr, false);
    return options.is_object() ? options : Json::object();
}

void fillNames(QComboBox& names, const std::string& chosen) {
    for (const RewardInfo& info : rewardInfos()) {
        names.addItem(fromView(info.name));
        names.setItemData(names.count() - 1,
                          QStringLiteral("<qt>%1<br>%2</qt>")
                              .arg(fromView(info.description).toHtmlEscaped(),
                                   RewardRow::tr("Options: %1")
                                       .arg(QString::fromStdString(rewardOptionsText(info)))
                                       .toHtmlEscaped()),
                          Qt::ToolTipRole);
    }
    if (names.findText(QString::fromStdString(chosen)) < 0)
        names.addItem(QString::fromStdString(chosen));
    names.setCurrentText(QString::fromStdString(chosen));
}

} // namespace

RewardRow::RewardRow(const RewardSpec& reward, QWidget* parent)
    : QWidget(parent), m_reward(reward) {
    createFields();
    connect(m_names, &QComboBox::currentTextChanged, this, &RewardRow::onNameChosen);
    connect(m_weight, &QDoubleSpinBox::valueChanged, this, [this](double weight) {
        m_reward.weight = weight;
        emit changed();
    });
    connect(m_fold, &QToolButton::toggled, this, &RewardRow::openOptions);
    connect(m_options, &RewardOptionsForm::edited, this, &RewardRow::onOptionsEdited);
    connect(m_formula, &FormulaEdit::formulaChanged, this, &RewardRow::onFormulaTyped);
    connect(m_remove, &QToolButton::clicked, this, &RewardRow::removeRequested);
    showReward();
}

void RewardRow::createFields() {
    m_names = new Calm<QComboBox>(this);
    m_names->setAccessibleName(tr("Reward"));
    fillNames(*m_names, m_reward.name);
    m_weight = new Calm<QDoubleSpinBox>(this);
    m_weight->setRange(-100, 100);
    m_weight->setSingleStep(0.1);
    m_weight->setDecimals(3);
    m_weight->setValue(m_reward.weight);
    m_weight->setAccessibleName(tr("Weight"));
    m_weight->setToolTip(tr("Its weight in the sum"));
    m_fold = new QToolButton(this);
    m_fold->setObjectName(QStringLiteral("rewardOptions"));
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_fold->setIconSize({14, 14});
    m_fold->setCheckable(true);
    m_fold->setProperty("look", "fold");
    m_fold->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    m_fold->setAccessibleName(tr("Options of the reward"));
    m_options = new RewardOptionsForm(this);
    m_formula = new FormulaEdit(this);
    m_remove = new QToolButton(this);
    m_remove->setIcon(themedIcon("close", IconTint::Muted));
    m_remove->setAccessibleName(tr("Remove this reward"));
    m_remove->setToolTip(tr("Remove this reward"));
    auto* line = new QHBoxLayout;
    line->setSpacing(kHalfGrid);
    line->addWidget(m_names, 2);
    line->addWidget(new QLabel(QStringLiteral("\u00D7"), this));
    line->addWidget(m_weight, 1);
    line->addWidget(m_fold, 3);
    line->addWidget(m_remove);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    layout->addLayout(line);
    layout->addWidget(m_formula);
    layout->addWidget(m_options);
}

void RewardRow::setRemovable(bool removable) {
    m_remove->setVisible(removable);
}

QString RewardRow::problem() const {
    return m_formulaProblem.isEmpty() ? m_optionsProblem : m_formulaProblem;
}

void RewardRow::showReward() {
    const RewardInfo* info = findReward(m_reward.name);
    m_formula->setVisible(isFormula());
    if (isFormula()) {
        const QSignalBlocker quiet(m_formula);
        m_formula->setFormula(
            QString::fromStdString(optionsOf(m_reward).value("expression", std::string())));
    }
    m_options->showOptions(m_reward.name, m_reward.optionsJson);
    m_names->setToolTip(
        info ? QStringLiteral("<qt>%1</qt>").arg(fromView(info->description).toHtmlEscaped())
             : QString());
    openOptions(m_fold->isChecked());
    showSummary();
}

void RewardRow::openOptions(bool open) {
    m_fold->setEnabled(!m_options->isEmpty());
    m_options->setVisible(open && !m_options->isEmpty());
    m_fold->setChecked(open);
    m_fold->setIcon(themedIcon(open ? "chevron-down" : "chevron-right", IconTint::Muted));
    m_fold->setAccessibleDescription(open ? tr("unfolded") : tr("folded"));
}

void RewardRow::showSummary() {
    const QString summary = m_options->summary();
    m_fold->setText(summary.isEmpty() ? tr("Options") : summary);
    m_fold->setToolTip(QStringLiteral("<qt>%1</qt>")
                           .arg(summary.isEmpty()
                                    ? tr("The options of this reward; all stand at their defaults")
                                    : tr("Not at its default: %1").arg(summary.toHtmlEscaped())));
}

void RewardRow::onNameChosen() {
    m_reward.name = m_names->currentText().toStdString();
    m_reward.optionsJson = isFormula() ? R"({"expression":"bleu"})" : "{}"; // they were another's
    m_optionsProblem.clear();
    m_formulaProblem.clear();
    showReward();
    const RewardInfo* info = findReward(m_reward.name);
    if (isFormula())
        m_formula->setFocus(Qt::OtherFocusReason);
    else if (info && info->needsOptions) {
        openOptions(true);
        m_options->focusFirst();
    }
    emit changed();
}

void RewardRow::onOptionsEdited() {
    m_reward.optionsJson = m_options->optionsJson();
    m_optionsProblem = m_options->problem();
    showSummary();
    if (isFormula())
        onFormulaTyped(); // own scores may have come or gone
    else
        emit changed();
}

void RewardRow::onFormulaTyped() {
    Json options = Json::parse(m_options->optionsJson());
    QStringList scores;
    if (options.contains("scores")) {
        for (const auto& [name, value] : options["scores"].items())
            scores << QString::fromStdString(name);
    }
    m_formulaProblem = m_formula->check(scores);
    if (m_formulaProblem.isEmpty()) {
        options["expression"] = m_formula->formula().toStdString();
        m_reward.optionsJson = options.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    emit changed();
}

} // namespace viva
