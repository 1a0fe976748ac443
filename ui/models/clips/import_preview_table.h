// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/clip_import.h"

#include <QAbstractTableModel>

#include <vector>

namespace viva {

/// The first clips of a data set as they would go in.
class ImportPreviewTable : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Sound, Text, Task, Question, Reference, Split, Fault, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setRows(std::vector<ImportPreviewRow> rows);
    [[nodiscard]] int faults() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<ImportPreviewRow> m_rows;
};

} // namespace viva
