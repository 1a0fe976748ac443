// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/runs/evaluation_table.h"

#include <QWidget>

class QLabel;
class QTableView;

namespace viva {

/// Held-out scores before and now: a table of its own, so that it is never taken for the reward.
class EvaluationPanel : public QWidget {
    Q_OBJECT

public:
    explicit EvaluationPanel(QWidget* parent = nullptr);

    void setEvaluations(const std::vector<EvaluationEvent>& evaluations);

private:
    EvaluationTable* m_model = nullptr;
    QLabel* m_title = nullptr;
    QLabel* m_empty = nullptr;
    QTableView* m_view = nullptr;
};

} // namespace viva
