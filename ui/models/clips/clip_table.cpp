// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/clips/clip_table.h"

#include "ui/models/clips/clip_text.h"

#include <QColor>

#include <algorithm>

namespace viva {
namespace {

/// Pages on their way at a time: while somebody drags the scroll bar, those that went by are not
/// read at all.
constexpr std::size_t kPagesAtOnce = 2;
constexpr std::size_t kPagesWanted = 4;
/// Clips that are kept in memory, some 2 KB each.
constexpr int kMostEntries = 8192;

ClipOrder orderOf(int column) {
    switch (column) {
    case ClipTableModel::Name:
        return ClipOrder::Name;
    case ClipTableModel::Speaker:
        return ClipOrder::Speaker;
    case ClipTableModel::Duration:
        return ClipOrder::Duration;
    case ClipTableModel::Split:
        return ClipOrder::Split;
    default:
        return ClipOrder::Added;
    }
}

} // namespace

ClipTableModel::ClipTableModel(QObject* parent) : QAbstractTableModel(parent) {
    m_asking.setSingleShot(true);
    m_asking.setInterval(0);
    connect(&m_asking, &QTimer::timeout, this, &ClipTableModel::askPages);
}

void ClipTableModel::setSource(ClipSource* source) {
    if (m_source)
        m_source->disconnect(this);
    beginResetModel();
    m_source = source;
    m_found = {};
    m_entries.clear();
    m_wanted.clear();
    m_asked.clear();
    ++m_generation;
    ++m_serial;
    ++m_epoch;
    endResetModel();
    if (!m_source)
        return;
    connect(m_source, &ClipSource::changed, this, [this] {
        ++m_generation;
        m_asked.clear();
        find();
    });
    find();
}

void ClipTableModel::setFilter(ClipFilter filter) {
    filter.order = m_filter.order;
    filter.descending = m_filter.descending;
    m_filter = std::move(filter);
    find();
}

void ClipTableModel::find() {
    if (!m_source)
        return;
    m_finding = true;
    const quint64 serial = ++m_serial;
    m_source->find(m_filter, [this, guard = QPointer(this), serial](ClipList found) {
        if (guard && serial == m_serial)
            applyFound(std::move(found));
    });
}

void ClipTableModel::applyFound(ClipList found) {
    m_finding = false;
    if (found.ids == m_found.ids) {
        m_found.totals = found.totals;
        if (rowCount() > 0)
            emit dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
    } else {
        beginResetModel();
        m_found = std::move(found);
        m_wanted.clear();
        m_asked.clear();
        endResetModel();
    }
    emit this->found();
}

ClipId ClipTableModel::idAt(int row) const {
    return row >= 0 && row < rowCount() ? m_found.ids[static_cast<std::size_t>(row)] : 0;
}

int ClipTableModel::rowOf(ClipId id) const {
    const auto place = std::find(m_found.ids.begin(), m_found.ids.end(), id);
    return place == m_found.ids.end() ? -1 : static_cast<int>(place - m_found.ids.begin());
}

const ClipRow* ClipTableModel::known(ClipId id) const {
    const auto place = m_entries.constFind(id);
    return place == m_entries.constEnd() ? nullptr : &place->row;
}

bool ClipTableModel::sortable(int column) {
    return orderOf(column) != ClipOrder::Added;
}

int ClipTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_found.ids.size());
}

int ClipTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

void ClipTableModel::want(int row) const {
    const int page = row / kPageRows;
    if (m_asked.contains(page))
        return;
    const auto place = std::find(m_wanted.begin(), m_wanted.end(), page);
    if (place != m_wanted.end())
        return;
    m_wanted.push_back(page);
    if (m_wanted.size() > kPagesWanted)
        m_wanted.erase(m_wanted.begin());
    if (!m_asking.isActive())
        m_asking.start();
}

void ClipTableModel::askPages() {
    while (m_source && !m_wanted.empty() && m_asked.size() < kPagesAtOnce) {
        const int page = m_wanted.back();
        m_wanted.pop_back();
        const auto from = static_cast<std::size_t>(page) * kPageRows;
        if (from >= m_found.ids.size())
            continue;
        const auto to = std::min(from + kPageRows, m_found.ids.size());
        std::vector<ClipId> ids(m_found.ids.begin() + static_cast<std::ptrdiff_t>(from),
                                m_found.ids.begin() + static_cast<std::ptrdiff_t>(to));
        m_asked.insert(page);
        m_source->load(std::move(ids),
                       [this, guard = QPointer(this), page, epoch = m_epoch,
                        generation = m_generation](const std::vector<ClipRow>& rows) {
                           if (guard && epoch == m_epoch)
                               applyRows(page, generation, rows);
                       });
    }
}

void ClipTableModel::applyRows(int page, quint64 generation, const std::vector<ClipRow>& rows) {
    if (m_entries.size() > kMostEntries)
        m_entries.clear();
    for (const ClipRow& row : rows)
        m_entries.insert(row.clip.id, {row, generation});
    m_asked.erase(page);
    const int first = page * kPageRows;
    const int last = std::min(first + kPageRows, rowCount()) - 1;
    if (first <= last)
        emit dataChanged(index(first, 0), index(last, ColumnCount - 1));
    if (!m_wanted.empty())
        m_asking.start();
}

QVariant ClipTableModel::text(const ClipRow& row, int column) const {
    const Utterance& utterance = row.clip.utterance;
    switch (column) {
    case Name:
        return QString::fromStdString(utterance.id);
    case Text:
        return saidText(row.clip);
    case Speaker:
        return QString::fromStdString(utterance.speaker.empty() ? utterance.voice
                                                                : utterance.speaker);
    case Duration:
        return utterance.durationSec > 0 ? tr("%1 s").arg(utterance.durationSec, 0, 'f', 1)
                                         : QString();
    case Tasks:
        return taskMarks(utterance);
    case Split:
        return QString::fromStdString(utterance.split);
    default:
        return {};
    }
}

QVariant ClipTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    if (role == Qt::TextAlignmentRole && index.column() == Duration)
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole && role != Qt::AccessibleTextRole &&
        role != MissingRole)
        return {};
    const auto place = m_entries.constFind(idAt(index.row()));
    if (place == m_entries.constEnd()) {
        want(index.row());
        return role == Qt::DisplayRole && index.column() == Text ? QVariant(QStringLiteral("..."))
                                                                 : QVariant();
    }
    if (place->generation != m_generation)
        want(index.row());
    if (role == MissingRole)
        return place->row.missing;
    if (role == Qt::ToolTipRole)
        return clipToolTip(place->row);
    return text(place->row, index.column());
}

QVariant ClipTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole)
        return {};
    switch (section) {
    case Name:
        return tr("Clip");
    case Text:
        return tr("What is said");
    case Speaker:
        return tr("Speaker");
    case Duration:
        return tr("Length");
    case Tasks:
        return tr("Tasks");
    case Split:
        return tr("Split");
    default:
        return {};
    }
}

void ClipTableModel::sort(int column, Qt::SortOrder order) {
    m_filter.order = orderOf(column);
    m_filter.descending = order == Qt::DescendingOrder && sortable(column);
    find();
}

} // namespace viva
