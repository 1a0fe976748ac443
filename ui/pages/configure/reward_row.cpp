// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/reward_row.h"

#include "core/rewards/reward_registry.h"
#include "ui/pages/configure/formula_edit.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <nlohmann/json.hpp>

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

namespace {

using Json = nlohmann::json;

QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

const RewardInfo* infoOf(const std::string& name) {
    for (const RewardInfo& info : rewardInfos()) {
        if (info.name == name)
            return &info;
    }
    return nullptr;
}

/// The options as an object; empty where they are none.
Json optionsOf(const RewardSpec& reward) {
    Json options = Json::parse(reward.optionsJson, nullptr, false);
    return options.is_object() ? options : Json::object();
}

void fillNames(QComboBox& names, const std::string& chosen) {
    for (const RewardInfo& info : rewardInfos()) {
        names.addItem(fromView(info.name));
        names.setItemData(
            names.count() - 1,
            QStringLiteral("<qt>%1<br>%2</qt>")
                .arg(fromView(info.description).toHtmlEscaped(),
                     RewardRow::tr("Options: %1").arg(fromView(info.options)).toHtmlEscaped()),
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
    connect(m_options, &QLineEdit::textEdited, this, &RewardRow::onOptionsTyped);
    connect(m_formula, &FormulaEdit::formulaChanged, this, &RewardRow::onFormulaTyped);
    connect(m_remove, &QToolButton::clicked, this, &RewardRow::removeRequested);
    showReward();
}

void RewardRow::createFields() {
    m_names = new QComboBox(this);
    m_names->setAccessibleName(tr("Reward"));
    fillNames(*m_names, m_reward.name);
    m_weight = new QDoubleSpinBox(this);
    m_weight->setRange(-100, 100);
    m_weight->setSingleStep(0.1);
    m_weight->setDecimals(3);
    m_weight->setValue(m_reward.weight);
    m_weight->setAccessibleName(tr("Weight"));
    m_weight->setToolTip(tr("Its weight in the sum"));
    m_options = new QLineEdit(this);
    m_options->setObjectName(QStringLiteral("rewardOptions"));
    m_options->setAccessibleName(tr("Options of the reward"));
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
    line->addWidget(m_options, 3);
    line->addWidget(m_remove);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    layout->addLayout(line);
    layout->addWidget(m_formula);
}

void RewardRow::setRemovable(bool removable) {
    m_remove->setVisible(removable);
}

void RewardRow::showReward() {
    const RewardInfo* info = infoOf(m_reward.name);
    Json options = optionsOf(m_reward);
    m_formula->setVisible(isFormula());
    if (isFormula()) {
        const QSignalBlocker quiet(m_formula);
        m_formula->setFormula(QString::fromStdString(options.value("expression", std::string())));
        options.erase("expression"); // it has a field of its own
    }
    m_options->setText(options.empty() ? QString() : QString::fromStdString(options.dump()));
    m_options->setPlaceholderText(info && info->needsOptions && !isFormula()
                                      ? tr("needed: %1").arg(fromView(info->options))
                                      : tr("options, as {\"name\": value}"));
    m_options->setToolTip(
        info ? QStringLiteral("<qt>%1<br>%2</qt>")
                   .arg(fromView(info->description).toHtmlEscaped(),
                        tr("Options: %1").arg(fromView(info->options)).toHtmlEscaped())
             : QString());
}

void RewardRow::onNameChosen() {
    m_reward.name = m_names->currentText().toStdString();
    m_reward.optionsJson = isFormula() ? R"({"expression":"bleu"})" : "{}"; // they were another's
    m_problem.clear();
    showReward();
    const RewardInfo* info = infoOf(m_reward.name);
    if (isFormula())
        m_formula->setFocus(Qt::OtherFocusReason);
    else if (info && info->needsOptions)
        m_options->setFocus(Qt::OtherFocusReason);
    emit changed();
}

void RewardRow::onOptionsTyped() {
    const std::string text = m_options->text().trimmed().toStdString();
    Json options = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
    if (!options.is_object()) {
        m_problem = tr("The options of %1 are no JSON object; write {\"name\": value}")
                        .arg(m_names->currentText());
    } else {
        if (isFormula())
            options["expression"] = m_formula->formula().toStdString();
        m_reward.optionsJson = options.dump(-1, ' ', false, Json::error_handler_t::replace);
        m_problem.clear();
        if (isFormula())
            onFormulaTyped(); // own scores may have come or gone
    }
    emit changed();
}

void RewardRow::onFormulaTyped() {
    Json options = optionsOf(m_reward);
    QStringList scores;
    if (options.contains("scores") && options["scores"].is_object()) {
        for (const auto& [name, value] : options["scores"].items())
            scores << QString::fromStdString(name);
    }
    m_problem = m_formula->check(scores);
    if (m_problem.isEmpty()) {
        options["expression"] = m_formula->formula().toStdString();
        m_reward.optionsJson = options.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    emit changed();
}

} // namespace viva
