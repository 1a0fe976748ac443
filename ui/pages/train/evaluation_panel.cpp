// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/evaluation_panel.h"

#include "ui/theme/type_scale.h"

#include <QHeaderView>
#include <QLabel>
#include <QTableView>
#include <QVBoxLayout>

namespace viva {

EvaluationPanel::EvaluationPanel(QWidget* parent)
    : QWidget(parent), m_model(new EvaluationTable(this)), m_title(new QLabel(this)),
      m_empty(new QLabel(this)), m_view(new QTableView(this)) {
    setTextSize(m_title, TextSize::Caption, QFont::DemiBold);
    m_title->setText(tr("Held-out clips"));
    m_empty->setText(tr("Scores of clips the run never trains on, before and during training."));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setProperty("look", "muted");
    m_view->setModel(m_model);
    m_view->setProperty("look", "plain");
    m_view->setAccessibleName(tr("Held-out scores before and now"));
    m_view->setShowGrid(false);
    m_view->setSelectionMode(QAbstractItemView::NoSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setTabKeyNavigation(false);
    m_view->verticalHeader()->hide();
    m_view->verticalHeader()->setDefaultSectionSize(21);
    m_view->verticalHeader()->setMinimumSectionSize(20);
    m_view->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->horizontalHeader()->setSectionResizeMode(EvaluationTable::What, QHeaderView::Stretch);
    m_view->hide();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kGrid, kGrid - 2, kGrid, kHalfGrid);
    layout->setSpacing(2);
    layout->addWidget(m_title);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_view, 1);
}

void EvaluationPanel::setEvaluations(const std::vector<EvaluationEvent>& evaluations) {
    m_model->setEvaluations(evaluations);
    const bool any = m_model->rowCount() > 0;
    m_view->setVisible(any);
    m_empty->setVisible(!any);
    m_title->setText(m_model->latestStep() > 0
                         ? tr("Held-out clips, step %1").arg(m_model->latestStep())
                         : tr("Held-out clips"));
}

} // namespace viva
