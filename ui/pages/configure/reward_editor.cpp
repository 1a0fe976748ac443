// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/reward_editor.h"

#include "ui/models/configure/config_form.h"
#include "ui/pages/configure/reward_row.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QPushButton>
#include <QVBoxLayout>

namespace viva {

RewardEditor::RewardEditor(ConfigForm& form, QWidget* parent)
    : QWidget(parent), m_form(form), m_column(new QVBoxLayout),
      m_add(new QPushButton(themedIcon("plus", IconTint::Accent), tr("Add a reward"), this)) {
    m_add->setProperty("look", "quiet");
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    m_column->setSpacing(kHalfGrid);
    layout->addLayout(m_column);
    layout->addWidget(m_add, 0, Qt::AlignLeft);
    connect(m_add, &QPushButton::clicked, this, [this] {
        addRow({});
        writeForm();
    });
}

void RewardEditor::clearRows() {
    for (RewardRow* row : std::as_const(m_rows)) {
        // A row may be removed by a button of its own.
        row->hide();
        m_column->removeWidget(row);
        row->deleteLater();
    }
    m_rows.clear();
}

void RewardEditor::readForm() {
    clearRows();
    for (const RewardSpec& reward : m_form.config().rewards)
        addRow(reward);
}

void RewardEditor::addRow(const RewardSpec& reward) {
    auto* row = new RewardRow(reward, this);
    m_rows << row;
    m_column->addWidget(row);
    connect(row, &RewardRow::changed, this, &RewardEditor::writeForm);
    connect(row, &RewardRow::removeRequested, this, [this, row] { removeRow(row); });
    for (RewardRow* other : std::as_const(m_rows))
        other->setRemovable(m_rows.size() > 1);
}

void RewardEditor::removeRow(RewardRow* row) {
    m_rows.removeOne(row);
    row->hide();
    m_column->removeWidget(row);
    row->deleteLater();
    for (RewardRow* other : std::as_const(m_rows))
        other->setRemovable(m_rows.size() > 1);
    writeForm();
}

void RewardEditor::writeForm() {
    std::vector<RewardSpec> rewards;
    QStringList problems;
    for (const RewardRow* row : std::as_const(m_rows)) {
        rewards.push_back(row->reward());
        if (!row->problem().isEmpty())
            problems << row->problem();
    }
    m_form.setRewards(rewards, problems.join(QStringLiteral("; ")));
}

} // namespace viva
