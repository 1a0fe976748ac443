// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clips/fault_table.h"

#include <QStringList>

namespace viva {
namespace {

QString faultCell(const ImportFault& fault, int column) {
    switch (column) {
    case FaultTable::Place:
        return QString::fromStdString(fault.place);
    case FaultTable::Item:
        return QString::fromStdString(fault.item);
    case FaultTable::Reason:
        return QString::fromStdString(fault.reason);
    default:
        return {};
    }
}

} // namespace

void FaultTable::setFaults(std::vector<ImportFault> faults) {
    beginResetModel();
    m_faults = std::move(faults);
    endResetModel();
}

QString FaultTable::asText() const {
    QString text = QStringLiteral("place\titem\treason\n");
    for (const ImportFault& fault : m_faults) {
        QStringList cells;
        for (int column = 0; column < ColumnCount; ++column)
            cells << faultCell(fault, column).simplified();
        text += cells.join(u'\t') + u'\n';
    }
    return text;
}

int FaultTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_faults.size());
}

int FaultTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant FaultTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    return faultCell(m_faults[static_cast<std::size_t>(index.row())], index.column());
}

QVariant FaultTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Place"), tr("Item"), tr("Why not")};
    return section >= 0 && section < ColumnCount ? names[section] : QString();
}

} // namespace viva
