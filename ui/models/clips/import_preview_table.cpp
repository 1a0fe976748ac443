// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clips/import_preview_table.h"

#include "ui/models/clips/clip_text.h"

#include <algorithm>

namespace viva {
namespace {

QString previewCell(const ImportPreviewRow& row, int column) {
    const Utterance& utterance = row.utterance;
    const UtteranceTask task = utterance.tasks.empty() ? UtteranceTask{} : utterance.tasks.front();
    switch (column) {
    case ImportPreviewTable::Sound:
        return QString::fromStdString(row.audio.empty() ? row.place
                                                        : row.audio.filename().string());
    case ImportPreviewTable::Text:
        return QString::fromStdString(utterance.text).simplified();
    case ImportPreviewTable::Task:
        return taskMarks(utterance);
    case ImportPreviewTable::Question:
        return QString::fromStdString(task.question).simplified();
    case ImportPreviewTable::Reference:
        return task.references.empty()
                   ? QString()
                   : QString::fromStdString(task.references.front()).simplified();
    case ImportPreviewTable::Split:
        return QString::fromStdString(utterance.split);
    case ImportPreviewTable::Fault:
        return QString::fromStdString(row.fault);
    default:
        return {};
    }
}

} // namespace

void ImportPreviewTable::setRows(std::vector<ImportPreviewRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    endResetModel();
}

int ImportPreviewTable::faults() const {
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(),
                                          [](const auto& row) { return !row.fault.empty(); }));
}

int ImportPreviewTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ImportPreviewTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant ImportPreviewTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || (role != Qt::DisplayRole && role != Qt::ToolTipRole))
        return {};
    return previewCell(m_rows[static_cast<std::size_t>(index.row())], index.column());
}

QVariant ImportPreviewTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    const QString names[] = {tr("Sound"),     tr("What is said"), tr("Task"),   tr("Question"),
                             tr("Reference"), tr("Split"),        tr("Why not")};
    return section >= 0 && section < ColumnCount ? names[section] : QString();
}

} // namespace viva
