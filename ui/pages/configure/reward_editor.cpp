// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/reward_editor.h"

#include "core/rewards/reward_registry.h"
#include "ui/models/config_form.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

namespace {

QString fromView(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QComboBox* makeNames(const std::string& chosen, QWidget* parent) {
    auto* names = new QComboBox(parent);
    for (const RewardInfo& info : rewardInfos()) {
        names->addItem(fromView(info.name));
        names->setItemData(names->count() - 1, fromView(info.description), Qt::ToolTipRole);
    }
    if (names->findText(QString::fromStdString(chosen)) < 0)
        names->addItem(QString::fromStdString(chosen));
    names->setCurrentText(QString::fromStdString(chosen));
    names->setAccessibleName(RewardEditor::tr("Reward"));
    return names;
}

} // namespace

RewardEditor::RewardEditor(ConfigForm& form, QWidget* parent)
    : QWidget(parent), m_form(form), m_rows(new QVBoxLayout),
      m_add(new QPushButton(themedIcon("plus", IconTint::Accent), tr("Add a reward"), this)) {
    m_add->setProperty("look", "quiet");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    m_rows->setSpacing(kHalfGrid);
    layout->addLayout(m_rows);
    layout->addWidget(m_add, 0, Qt::AlignLeft);
    connect(m_add, &QPushButton::clicked, this, [this] {
        std::vector<RewardSpec> rewards = m_form.config().rewards;
        rewards.emplace_back();
        m_form.setRewards(rewards);
        readForm();
    });
}

void RewardEditor::clearRows() {
    while (QLayoutItem* item = m_rows->takeAt(0)) {
        // A row may be removed by a button of its own.
        item->widget()->hide();
        item->widget()->deleteLater();
        delete item;
    }
}

void RewardEditor::readForm() {
    clearRows();
    const std::vector<RewardSpec>& rewards = m_form.config().rewards;
    for (std::size_t index = 0; index < rewards.size(); ++index)
        addRow(rewards[index], static_cast<int>(index), rewards.size() > 1);
}

void RewardEditor::change(int index, const RewardSpec& reward) {
    std::vector<RewardSpec> rewards = m_form.config().rewards;
    rewards[static_cast<std::size_t>(index)] = reward;
    m_form.setRewards(rewards);
}

void RewardEditor::addRow(const RewardSpec& reward, int index, bool removable) {
    auto* row = new QWidget(this);
    QComboBox* names = makeNames(reward.name, row);
    auto* weight = new QDoubleSpinBox(row);
    weight->setRange(-100, 100);
    weight->setSingleStep(0.1);
    weight->setDecimals(3);
    weight->setValue(reward.weight);
    weight->setAccessibleName(tr("Weight"));
    weight->setToolTip(tr("Its weight in the sum"));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    layout->addWidget(names, 1);
    layout->addWidget(new QLabel(QStringLiteral("\u00D7"), row));
    layout->addWidget(weight);
    const auto update = [this, names, weight, reward, index] {
        RewardSpec changed = reward;
        const std::string name = names->currentText().toStdString();
        if (name != reward.name)
            changed.optionsJson = "{}"; // they were another reward's
        changed.name = name;
        changed.weight = weight->value();
        change(index, changed);
    };
    connect(names, &QComboBox::currentTextChanged, this, update);
    connect(weight, &QDoubleSpinBox::valueChanged, this, update);
    if (removable) {
        auto* remove = new QToolButton(row);
        remove->setIcon(themedIcon("close", IconTint::Muted));
        remove->setAccessibleName(tr("Remove this reward"));
        remove->setToolTip(tr("Remove this reward"));
        layout->addWidget(remove);
        connect(remove, &QToolButton::clicked, this, [this, index] {
            std::vector<RewardSpec> rewards = m_form.config().rewards;
            rewards.erase(rewards.begin() + index);
            m_form.setRewards(rewards);
            readForm();
        });
    }
    m_rows->addWidget(row);
}

} // namespace viva
