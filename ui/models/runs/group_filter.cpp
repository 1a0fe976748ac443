// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/group_filter.h"

#include "ui/models/runs/group_table.h"

namespace viva {

GroupFilter::GroupFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setSortRole(GroupTableModel::SortRole);
}

void GroupFilter::setText(const QString& text) {
    m_text = text.trimmed();
    invalidateFilter();
}

void GroupFilter::setTask(const QString& task) {
    m_task = task;
    invalidateFilter();
}

void GroupFilter::setHideDead(bool hide) {
    m_hideDead = hide;
    invalidateFilter();
}

bool GroupFilter::filterAcceptsRow(int row, const QModelIndex& parent) const {
    const QVariant value = sourceModel()->index(row, 0, parent).data(GroupTableModel::SummaryRole);
    const auto group = value.value<GroupSummary>();
    if (m_hideDead && group.zeroVariance)
        return false;
    if (!m_task.isEmpty() && QString::fromStdString(group.task) != m_task)
        return false;
    return m_text.isEmpty() ||
           QString::fromStdString(group.question).contains(m_text, Qt::CaseInsensitive);
}

} // namespace viva
