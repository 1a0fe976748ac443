// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"

#include <QAbstractTableModel>

#include <vector>

namespace viva {

/// What did not go in, and why.
class FaultTable : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Place, Item, Reason, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setFaults(std::vector<ImportFault> faults);
    /// With tabs between the columns and a heading, for a file.
    [[nodiscard]] QString asText() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<ImportFault> m_faults;
};

} // namespace viva
