// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/group_table.h"

namespace viva {

void GroupTableModel::setGroups(std::vector<GroupSummary> groups) {
    beginResetModel();
    m_groups = std::move(groups);
    endResetModel();
}

int GroupTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_groups.size());
}

int GroupTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant GroupTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const GroupSummary& group = m_groups[static_cast<std::size_t>(index.row())];
    if (role == SummaryRole)
        return QVariant::fromValue(group);
    if (role == Qt::ToolTipRole)
        return tr("%1\n%2 answers, reward %3 to %4%5")
            .arg(QString::fromStdString(group.question))
            .arg(group.answers)
            .arg(group.rewardMin, 0, 'f', 2)
            .arg(group.rewardMax, 0, 'f', 2)
            .arg(group.zeroVariance ? tr("; all alike: nothing to learn from") : QString());
    if (role == Qt::TextAlignmentRole)
        return index.column() == Question ? QVariant(Qt::AlignLeft | Qt::AlignVCenter)
                                          : QVariant(Qt::AlignRight | Qt::AlignVCenter);
    const bool sorting = role == SortRole;
    if (role != Qt::DisplayRole && !sorting)
        return {};
    switch (index.column()) {
    case Step:
        return sorting ? QVariant(static_cast<qlonglong>(group.step))
                       : QVariant(QString::number(group.step));
    case Task:
        return QString::fromStdString(group.task).toUpper();
    case Question:
        return QString::fromStdString(group.question);
    case Reward:
        return sorting ? QVariant(group.rewardMean)
                       : QVariant(QString::number(group.rewardMean, 'f', 2));
    case Spread:
        if (sorting)
            return group.rewardStd;
        return group.zeroVariance ? tr("dead") : QString::number(group.rewardStd, 'f', 2);
    default:
        return {};
    }
}

QVariant GroupTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::DisplayRole) {
        switch (section) {
        case Step:
            return tr("Step");
        case Task:
            return tr("Task");
        case Question:
            return tr("Question");
        case Reward:
            return tr("Reward");
        case Spread:
            return tr("Spread");
        default:
            return {};
        }
    }
    if (role == Qt::ToolTipRole && section == Reward)
        return tr("Mean reward of the group; the bar reaches from its worst to its best answer");
    if (role == Qt::ToolTipRole && section == Spread)
        return tr("Standard deviation of the rewards; dead = all alike");
    return {};
}

} // namespace viva
