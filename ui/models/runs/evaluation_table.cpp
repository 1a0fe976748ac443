// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/evaluation_table.h"

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

QString toQString(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

} // namespace

EvaluationTable::Row& EvaluationTable::rowOf(const EvaluationRow& place, const EvalMetric& metric) {
    const auto found = std::find_if(m_rows.begin(), m_rows.end(), [&](const Row& known) {
        return known.place.samePlace(place) && known.metric == &metric;
    });
    if (found != m_rows.end())
        return *found;
    return m_rows.emplace_back(Row{place, &metric, {}, {}});
}

void EvaluationTable::setEvaluations(const std::vector<EvaluationEvent>& evaluations) {
    beginResetModel();
    m_rows.clear();
    m_latestStep = -1;
    for (const EvaluationEvent& evaluation : evaluations) {
        const bool before = evaluation.step == 0;
        if (!before)
            m_latestStep = std::max(m_latestStep, evaluation.step);
        for (const EvaluationRow& place : evaluation.rows)
            for (const EvalMetric& metric : evalMetrics()) {
                const auto value = place.metric(metric.name);
                if (!value || !metric.isHeadlineOf(place.task))
                    continue;
                Row& row = rowOf(place, metric);
                (before ? row.before : row.now) = *value;
                if (!before)
                    row.place = place;
            }
    }
    std::stable_sort(m_rows.begin(), m_rows.end(), [](const Row& one, const Row& two) {
        return one.place.decoding > two.place.decoding; // sampled first, as in the paper
    });
    endResetModel();
}

bool EvaluationTable::allBleu() const {
    return std::all_of(m_rows.begin(), m_rows.end(),
                       [](const Row& row) { return row.metric->name == "bleu"; });
}

int EvaluationTable::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int EvaluationTable::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString EvaluationTable::text(const Row& row, int column) const {
    const auto number = [&row](double value) {
        return QString::number(value * row.metric->scale, 'f', 1);
    };
    switch (column) {
    case What: {
        const QString what = tr("%1 \u00B7 %2 \u00B7 %3")
                                 .arg(QString::fromStdString(row.place.split),
                                      QString::fromStdString(row.place.task).toUpper(),
                                      QString::fromStdString(row.place.decoding));
        if (allBleu())
            return what; // as the heading says
        return tr("%1 \u00B7 %2").arg(what, toQString(row.metric->label));
    }
    case Before:
        return row.before ? number(*row.before) : QString();
    case Now:
        return row.now ? number(*row.now) : QString();
    case Gain: {
        if (!row.before || !row.now)
            return {};
        const double gain =
            row.metric->higherIsBetter ? *row.now - *row.before : *row.before - *row.now;
        return (gain >= 0 ? QStringLiteral("+") : QStringLiteral("\u2212")) +
               number(std::abs(gain));
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
        return tr("%1 of %2 held-out examples, %3 pass(es)")
            .arg(toQString(row.metric->description))
            .arg(row.place.items)
            .arg(row.place.passes);
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
        return allBleu() ? tr("Held-out BLEU") : tr("Held-out scores");
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
