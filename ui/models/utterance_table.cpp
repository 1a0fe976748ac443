// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/utterance_table.h"

#include <algorithm>

namespace viva {
namespace {

QString tasksOf(const Utterance& utterance) {
    QStringList names;
    for (const UtteranceTask& task : utterance.tasks) {
        const QString name = QString::fromStdString(task.task).toUpper();
        if (!names.contains(name))
            names << name;
    }
    return names.join(QStringLiteral(" "));
}

bool contains(const std::string& text, const QString& word) {
    return QString::fromStdString(text).contains(word, Qt::CaseInsensitive);
}

bool speaksOf(const Utterance& utterance, const QString& word) {
    if (contains(utterance.text, word) || contains(utterance.id, word) ||
        contains(utterance.voice, word))
        return true;
    return std::any_of(utterance.tasks.begin(), utterance.tasks.end(),
                       [&](const UtteranceTask& task) {
                           return contains(task.question, word) ||
                                  std::any_of(task.references.begin(), task.references.end(),
                                              [&](const std::string& reference) {
                                                  return contains(reference, word);
                                              });
                       });
}

} // namespace

void UtteranceTableModel::setUtterances(std::vector<Utterance> utterances) {
    beginResetModel();
    m_rows = std::move(utterances);
    endResetModel();
}

QStringList UtteranceTableModel::splits() const {
    QStringList names;
    for (const Utterance& utterance : m_rows)
        if (const QString name = QString::fromStdString(utterance.split); !names.contains(name))
            names << name;
    return names;
}

QStringList UtteranceTableModel::voices() const {
    QStringList names;
    for (const Utterance& utterance : m_rows)
        if (const QString name = QString::fromStdString(utterance.voice); !names.contains(name))
            names << name;
    names.sort();
    return names;
}

double UtteranceTableModel::totalSec() const {
    double total = 0;
    for (const Utterance& utterance : m_rows)
        total += utterance.durationSec;
    return total;
}

int UtteranceTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int UtteranceTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(ColumnCount);
}

QVariant UtteranceTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const Utterance& utterance = m_rows[static_cast<std::size_t>(index.row())];
    if (role == Qt::ToolTipRole && index.column() == Text)
        return QString::fromStdString(utterance.text);
    if (role == Qt::TextAlignmentRole && index.column() == Duration)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    const bool sorting = role == SortRole;
    if (role != Qt::DisplayRole && !sorting)
        return {};
    switch (index.column()) {
    case Clip:
        return QString::fromStdString(utterance.id);
    case Voice:
        return QString::fromStdString(utterance.voice);
    case Duration:
        return sorting ? QVariant(utterance.durationSec)
                       : QVariant(tr("%1 s").arg(utterance.durationSec, 0, 'f', 1));
    case Tasks:
        return tasksOf(utterance);
    case Split:
        return QString::fromStdString(utterance.split);
    case Text:
        return QString::fromStdString(utterance.text);
    default:
        return {};
    }
}

QVariant UtteranceTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Clip:
        return tr("Clip");
    case Voice:
        return tr("Voice");
    case Duration:
        return tr("Length");
    case Tasks:
        return tr("Tasks");
    case Split:
        return tr("Split");
    case Text:
        return tr("What is said");
    default:
        return {};
    }
}

UtteranceFilter::UtteranceFilter(UtteranceTableModel& model, QObject* parent)
    : QSortFilterProxyModel(parent), m_model(model) {
    setSortRole(UtteranceTableModel::SortRole);
    setSourceModel(&model);
}

void UtteranceFilter::setText(const QString& text) {
    m_words = text.split(u' ', Qt::SkipEmptyParts);
    invalidateFilter();
}

void UtteranceFilter::setSplit(const QString& split) {
    m_split = split;
    invalidateFilter();
}

void UtteranceFilter::setVoice(const QString& voice) {
    m_voice = voice;
    invalidateFilter();
}

bool UtteranceFilter::filterAcceptsRow(int row, const QModelIndex&) const {
    const Utterance& utterance = m_model.utterance(row);
    if (!m_split.isEmpty() && QString::fromStdString(utterance.split) != m_split)
        return false;
    if (!m_voice.isEmpty() && QString::fromStdString(utterance.voice) != m_voice)
        return false;
    return std::all_of(m_words.begin(), m_words.end(),
                       [&](const QString& word) { return speaksOf(utterance, word); });
}

} // namespace viva
