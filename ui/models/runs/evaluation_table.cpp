// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/evaluation_table.h"

#include <algorithm>

namespace viva {

namespace {

bool sameKind(const EvaluationRow& one, const EvaluationRow& two) {
    return one.split == two.split && one.task == two.task && one.decoding == two.decoding;
}

} // namespace

void EvaluationTable::setEvaluations(const std::vector<EvaluationEvent>& evaluations) {
    beginResetModel();
    m_rows.clear();
    m_latestStep = -1;
    for (const EvaluationEvent& evaluation : evaluations) {
        const bool before = evaluation.step == 0;
        if (!before)
            m_latestStep = std::max(m_latestStep, evaluation.step);
        for (const EvaluationRow& row : evaluation.rows) {
            auto found = std::find_if(m_rows.begin(), m_rows.end(),
                                      [&](const Row& known) { return sameKind(known.now, row); });
            if (found == m_rows.end())
                found = m_rows.insert(m_rows.end(), Row{row, 0, false, false});
            if (before) {
                found->before = row.corpusBleu;
                found->hasBefore = true;
            } else {
                found->now = row;
                found->hasNow = true;
            }
        }
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& one, const Row& two) {
        return one.now.decoding > two.now.decoding; // sampled first, as in the paper
    });
    endResetModel();
}

int EvaluationTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int EvaluationTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString EvaluationTable::text(const Row& row, int column) const {
    switch (column) {
    case What:
        return tr("%1 \u00B7 %2 \u00B7 %3")
            .arg(QString::fromStdString(row.now.split),
                 QString::fromStdString(row.now.task).toUpper(),
                 QString::fromStdString(row.now.decoding));
    case Before:
        return row.hasBefore ? QString::number(row.before, 'f', 1) : QString();
    case Now:
        return row.hasNow ? QString::number(row.now.corpusBleu, 'f', 1) : QString();
    case Gain: {
        if (!row.hasBefore || !row.hasNow)
            return {};
        const double gain = row.now.corpusBleu - row.before;
        return (gain >= 0 ? QStringLiteral("+") : QStringLiteral("\u2212")) +
               QString::number(std::abs(gain), 'f', 1);
    }
    default:
        return {};
    }
}

QVariant EvaluationTable::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Row& row = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::DisplayRole)
        return text(row, index.column());
    if (role == Qt::TextAlignmentRole && index.column() != What)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole)
        return tr("Corpus BLEU of %1 held-out examples, %2 pass(es)")
            .arg(row.now.items)
            .arg(row.now.passes);
    return {};
}

QVariant EvaluationTable::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant((section == What ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case What:
        return tr("Held-out BLEU");
    case Before:
        return tr("before");
    case Now:
        return tr("now");
    case Gain:
        return tr("gain");
    default:
        return {};
    }
}

} // namespace viva
