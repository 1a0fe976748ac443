// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/eval_metrics.h"
#include "core/events/training_event.h"

#include <QAbstractTableModel>

#include <optional>
#include <vector>

namespace viva {

/// Held-out scores: one row a split, task, decoding and headline metric; before the run, now, and
/// the gain (how much better, also where less is better).
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
        EvaluationRow place; ///< the newest evaluation of it
        const EvalMetric* metric = nullptr;
        std::optional<double> before;
        std::optional<double> now;
    };
    /// The row of a place and a metric, made where there is none yet.
    Row& rowOf(const EvaluationRow& place, const EvalMetric& metric);
    [[nodiscard]] bool allBleu() const;
    [[nodiscard]] QString text(const Row& row, int column) const;

    std::vector<Row> m_rows;
    std::int64_t m_latestStep = -1;
};

} // namespace viva
