// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/records.h"

#include <QAbstractTableModel>

#include <vector>

namespace viva {

/// Groups of one step, or one example through time.
class GroupTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Step, Task, Question, Reward, Spread, ColumnCount };
    enum Role { SummaryRole = Qt::UserRole + 1, SortRole };

    using QAbstractTableModel::QAbstractTableModel;

    void setGroups(std::vector<GroupSummary> groups);
    [[nodiscard]] const GroupSummary& group(int row) const {
        return m_groups[static_cast<std::size_t>(row)];
    }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    std::vector<GroupSummary> m_groups;
};

} // namespace viva

Q_DECLARE_METATYPE(viva::GroupSummary)
