// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/models/clips/clip_table.h"

#include <QFrame>

class QButtonGroup;
class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;

namespace viva {

class ClipFilterBar;
class EmptyState;

/// The clips of a source in a table: search, filters, totals, and the ways in and out of the
/// project. Keeps what is chosen over a new search where it is still there.
class ClipListPanel : public QFrame {
    Q_OBJECT

public:
    enum class Action { Record, Open, Import, Splits, Export, Undo, Redo };

    explicit ClipListPanel(QWidget* parent = nullptr);

    /// The names on the switch, in its order; the first is chosen.
    void setSources(const QList<std::pair<QString, ClipSource*>>& sources);
    void showSource(int index);
    [[nodiscard]] int sourceIndex() const { return m_sourceIndex; }
    [[nodiscard]] ClipTableModel& model() { return *m_model; }
    [[nodiscard]] ClipId currentId() const;
    [[nodiscard]] std::vector<ClipId> selectedIds() const; ///< in the order of the table
    [[nodiscard]] ClipFilterBar& filterBar() { return *m_filter; }
    /// Whatever the filter; negative as long as it is not known.
    [[nodiscard]] std::int64_t clipsOfSource() const { return m_all; }
    void selectClip(ClipId id); ///< as soon as it is in the list
    void moveBy(int rows);
    /// Empty labels: nothing to undo, nothing to do again.
    void setHistory(const QString& undo, const QString& redo);
    [[nodiscard]] const ClipFacets& facets() const { return m_facets; }

signals:
    void chosenChanged(); ///< another current clip, or other clips selected
    void actionRequested(viva::ClipListPanel::Action action);
    void sourceChanged(int index);
    void facetsChanged();
    void removeRequested();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QWidget* createSourceRow();
    QWidget* createActionRow();
    void createTable();
    void connectSignals();
    void askFacets();
    void applyFacets(ClipFacets facets);
    void onFound();
    void restoreChosen();
    void onChosen();
    void showTotals();
    void showEmptyOrTable();

    ClipTableModel* m_model;
    QList<std::pair<QString, ClipSource*>> m_sources;
    int m_sourceIndex = -1;
    ClipFacets m_facets;
    std::int64_t m_all = -1; ///< clips of the source, whatever the filter
    std::vector<ClipId> m_chosen;
    ClipId m_current = 0;
    bool m_restoring = false;

    QButtonGroup* m_switch = nullptr;
    QToolButton* m_undo = nullptr;
    QToolButton* m_redo = nullptr;
    ClipFilterBar* m_filter = nullptr;
    QStackedWidget* m_stack = nullptr;
    QTableView* m_table = nullptr;
    EmptyState* m_empty = nullptr;
    QLabel* m_totals = nullptr;
    QWidget* m_actions = nullptr;
    QPushButton* m_export = nullptr;
    QPushButton* m_splits = nullptr;
};

} // namespace viva
