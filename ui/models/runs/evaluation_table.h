// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <QAbstractTableModel>

#include <vector>

namespace viva {

/// Held-out scores: one row a split, task and decoding; before the run, now, and the gain.
class EvaluationTable : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { What, Before, Now, Gain, ColumnCount };

    using QAbstractTableModel::QAbstractTableModel;

    void setEvaluations(const std::vector<EvaluationEvent>& evaluations);
    /// The step of the newest evaluation; -1 when there is none.
    [[nodiscard]] std::int64_t latestStep() const { return m_latestStep; }

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;

private:
    struct Row {
        EvaluationRow now;
        double before = 0;
        bool hasBefore = false;
        bool hasNow = false;
    };
    [[nodiscard]] QString text(const Row& row, int column) const;

    std::vector<Row> m_rows;
    std::int64_t m_latestStep = -1;
};

} // namespace viva
