// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/clip_source.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QPointer>
#include <QTimer>

#include <set>
#include <vector>

namespace viva {

/// The clips of a source that fit a filter. Holds their numbers; a clip itself is read when
/// somebody looks at it, a page at a time, so that 100,000 clips are as quick as a hundred.
///
/// After a change of the source what is seen stays until the new is there.
class ClipTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Name, Text, Speaker, Duration, Tasks, Split, ColumnCount };
    enum Role { MissingRole = Qt::UserRole + 1 }; ///< whether the sound is missing
    static constexpr int kPageRows = 64;

    explicit ClipTableModel(QObject* parent = nullptr);

    /// Borrowed; null empties the table.
    void setSource(ClipSource* source);
    [[nodiscard]] ClipSource* source() const { return m_source; }
    /// The order stays as it is; the columns set that.
    void setFilter(ClipFilter filter);
    [[nodiscard]] const ClipFilter& filter() const { return m_filter; }

    [[nodiscard]] const std::vector<ClipId>& ids() const { return m_found.ids; }
    [[nodiscard]] const ClipTotals& totals() const { return m_found.totals; }
    [[nodiscard]] bool finding() const { return m_finding; }
    [[nodiscard]] ClipId idAt(int row) const; ///< 0 for no row
    [[nodiscard]] int rowOf(ClipId id) const; ///< -1 where it is not among them
    /// As it was last read; null where it was not looked at yet.
    [[nodiscard]] const ClipRow* known(ClipId id) const;
    [[nodiscard]] static bool sortable(int column);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role) const override;
    void sort(int column, Qt::SortOrder order) override;

signals:
    void found(); ///< the answer to the newest search is there; rows may be others

private:
    struct Entry {
        ClipRow row;
        quint64 generation = 0;
    };

    void find();
    void applyFound(ClipList found);
    void want(int row) const;
    void askPages();
    void applyRows(int page, quint64 generation, const std::vector<ClipRow>& rows);
    [[nodiscard]] QVariant text(const ClipRow& row, int column) const;

    QPointer<ClipSource> m_source;
    ClipFilter m_filter;
    ClipList m_found;
    bool m_finding = false;
    quint64 m_serial = 0;     ///< of the newest search
    quint64 m_epoch = 0;      ///< counts sources
    quint64 m_generation = 1; ///< of the source; older entries are read anew when they are seen
    QHash<ClipId, Entry> m_entries;
    mutable std::vector<int> m_wanted; ///< pages, the newest wish last
    std::set<int> m_asked;             ///< pages on their way
    mutable QTimer m_asking;
};

} // namespace viva
