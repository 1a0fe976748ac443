// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip_list_panel.h"

#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/clip_filter_bar.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/empty_state.h"

#include <QBoxLayout>
#include <QButtonGroup>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QStyledItemDelegate>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

namespace viva {
namespace {

constexpr std::size_t kMostRestored = 2000;

/// A name with a warning before it where the sound is missing.
class NameDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override {
        QStyledItemDelegate::initStyleOption(option, index);
        option->textElideMode = Qt::ElideMiddle;
        if (!index.data(ClipTableModel::MissingRole).toBool())
            return;
        option->icon = themedIcon(QStringLiteral("warning"), IconTint::Muted);
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->decorationSize = {16, 16};
    }
};

} // namespace

ClipListPanel::ClipListPanel(QWidget* parent) : QFrame(parent), m_model(new ClipTableModel(this)) {
    setProperty("look", "card");
    m_filter = new ClipFilterBar(this);
    createTable();
    m_empty = new EmptyState(QStringLiteral("data"), tr("No clips yet"), {}, this);
    m_empty->setAction(tr("Record (R)"));
    m_stack = new QStackedWidget(this);
    m_stack->addWidget(m_table);
    m_stack->addWidget(m_empty);
    m_totals = new QLabel(this);
    m_totals->setProperty("look", "muted");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createSourceRow());
    column->addWidget(m_filter);
    column->addWidget(m_stack, 1);
    column->addWidget(m_totals);
    m_actions = createActionRow();
    column->addWidget(m_actions);
    connectSignals();
}

QWidget* ClipListPanel::createSourceRow() {
    auto* row = new QWidget(this);
    m_switch = new QButtonGroup(this);
    m_undo = new QToolButton(row);
    m_undo->setIcon(themedIcon(QStringLiteral("undo")));
    m_redo = new QToolButton(row);
    m_redo->setIcon(themedIcon(QStringLiteral("redo")));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    layout->addStretch();
    layout->addWidget(m_undo);
    layout->addWidget(m_redo);
    setHistory({}, {});
    return row;
}

void ClipListPanel::createTable() {
    m_table = new QTableView(this);
    m_table->setProperty("look", "plain");
    m_table->setModel(m_model);
    m_table->setItemDelegateForColumn(ClipTableModel::Name, new NameDelegate(m_table));
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setShowGrid(false);
    m_table->setWordWrap(false);
    m_table->setTabKeyNavigation(false);
    m_table->setAccessibleName(tr("Clips"));
    m_table->installEventFilter(this);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(32);
    m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    QHeaderView* header = m_table->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setMinimumSectionSize(48);
    header->setHighlightSections(false);
    // What is said takes what the others leave.
    header->setSectionResizeMode(ClipTableModel::Text, QHeaderView::Stretch);
    const std::pair<int, int> widths[] = {{ClipTableModel::Name, 96},
                                          {ClipTableModel::Speaker, 70},
                                          {ClipTableModel::Duration, 54},
                                          {ClipTableModel::Tasks, 66},
                                          {ClipTableModel::Split, 78}};
    for (const auto& [column, width] : widths)
        m_table->setColumnWidth(column, width);
    header->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->setSortingEnabled(true);
    header->setSortIndicatorClearable(true);
}

QWidget* ClipListPanel::createActionRow() {
    auto* row = new QWidget(this);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    const auto add = [&](const QString& label, const char* icon, Action action,
                         const QString& toolTip) {
        auto* button = new QPushButton(label, row);
        if (icon)
            button->setIcon(themedIcon(QString::fromLatin1(icon)));
        button->setToolTip(toolTip);
        connect(button, &QPushButton::clicked, this,
                [this, action] { emit actionRequested(action); });
        layout->addWidget(button);
        return button;
    };
    add(tr("Record"), "record", Action::Record, tr("Record a clip with the microphone (R)"));
    add(tr("Open..."), "open", Action::Open,
        tr("Add sound files (Ctrl+O); files and folders can be dropped here too"));
    add(tr("Import..."), "plus", Action::Import,
        tr("Bring in a data set: LibriSQA, CoVoST 2, Common Voice, tables, folders ... (Ctrl+I)"));
    layout->addStretch();
    m_splits = add(tr("Splits..."), nullptr, Action::Splits,
                   tr("Deal the clips to train, validation and test, and look for leaks"));
    m_export = add(tr("Export..."), nullptr, Action::Export,
                   tr("Write these clips as a Hugging Face audio folder (Ctrl+E)"));
    return row;
}

void ClipListPanel::connectSignals() {
    connect(m_filter, &ClipFilterBar::changed, this,
            [this] { m_model->setFilter(m_filter->filter()); });
    connect(m_undo, &QToolButton::clicked, this, [this] { emit actionRequested(Action::Undo); });
    connect(m_redo, &QToolButton::clicked, this, [this] { emit actionRequested(Action::Redo); });
    connect(m_model, &ClipTableModel::found, this, &ClipListPanel::onFound);
    connect(m_model, &QAbstractItemModel::modelAboutToBeReset, this,
            [this] { m_restoring = true; });
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &ClipListPanel::onChosen);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &ClipListPanel::onChosen);
    connect(m_empty, &EmptyState::actionRequested, this, [this] {
        if (m_filter->filtered())
            m_filter->clear();
        else
            emit actionRequested(Action::Record);
    });
    const std::pair<QString, Action> choices[] = {{tr("Open..."), Action::Open},
                                                  {tr("Import..."), Action::Import}};
    for (const auto& [label, action] : choices)
        connect(m_empty->addChoice(label), &QPushButton::clicked, this,
                [this, action = action] { emit actionRequested(action); });
    // A click on a column without an order of its own leaves the order as it is.
    connect(m_table->horizontalHeader(), &QHeaderView::sortIndicatorChanged, this,
            [this](int column, Qt::SortOrder) {
                if (column >= 0 && !ClipTableModel::sortable(column))
                    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
            });
}

void ClipListPanel::setSources(const QList<std::pair<QString, ClipSource*>>& sources) {
    m_sources = sources;
    auto* layout = static_cast<QHBoxLayout*>(m_undo->parentWidget()->layout());
    for (int index = 0; index < sources.size(); ++index) {
        auto* button = new QPushButton(sources[index].first, m_undo->parentWidget());
        button->setProperty("look", "segment");
        button->setCheckable(true);
        m_switch->addButton(button, index);
        layout->insertWidget(index, button);
        ClipSource* source = sources[index].second;
        connect(source, &ClipSource::changed, this, [this, source] {
            if (m_model->source() == source)
                askFacets();
        });
    }
    connect(m_switch, &QButtonGroup::idClicked, this, &ClipListPanel::showSource);
    showSource(0);
}

void ClipListPanel::showSource(int index) {
    if (index == m_sourceIndex || index < 0 || index >= m_sources.size())
        return;
    m_sourceIndex = index;
    m_switch->button(index)->setChecked(true);
    ClipSource* source = m_sources[index].second;
    m_actions->setVisible(source->editable());
    m_undo->setVisible(source->editable());
    m_redo->setVisible(source->editable());
    m_chosen.clear();
    m_current = 0;
    m_all = -1;
    m_model->setSource(source);
    m_filter->clear();
    askFacets();
    emit sourceChanged(index);
}

void ClipListPanel::askFacets() {
    ClipSource* source = m_model->source();
    source->askFacets([this, guard = QPointer(this), source](ClipFacets facets) {
        if (guard && m_model->source() == source)
            applyFacets(std::move(facets));
    });
}

void ClipListPanel::applyFacets(ClipFacets facets) {
    m_facets = std::move(facets);
    m_all = 0;
    for (const ClipFacet& facet : m_facets.splits)
        m_all += facet.clips;
    m_filter->setFacets(m_facets);
    showTotals();
    showEmptyOrTable();
    emit facetsChanged();
}

void ClipListPanel::onFound() {
    if (m_restoring)
        restoreChosen();
    showTotals();
    showEmptyOrTable();
}

void ClipListPanel::restoreChosen() {
    m_restoring = true;
    QItemSelectionModel* chosen = m_table->selectionModel();
    if (m_chosen.size() <= kMostRestored) {
        QItemSelection rows;
        for (const ClipId id : m_chosen)
            if (const int row = m_model->rowOf(id); row >= 0)
                rows.select(m_model->index(row, 0), m_model->index(row, 0));
        chosen->select(rows, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
    }
    int current = m_model->rowOf(m_current);
    if (current < 0 && m_model->rowCount() > 0)
        current = 0;
    const QModelIndex index = m_model->index(current, 0);
    if (index.isValid()) {
        chosen->setCurrentIndex(index, chosen->hasSelection() ? QItemSelectionModel::NoUpdate
                                                              : QItemSelectionModel::SelectCurrent |
                                                                    QItemSelectionModel::Rows);
        m_table->scrollTo(index);
    }
    m_restoring = false;
    onChosen();
}

void ClipListPanel::onChosen() {
    if (m_restoring)
        return;
    m_current = currentId();
    m_chosen = selectedIds();
    showTotals();
    emit chosenChanged();
}

ClipId ClipListPanel::currentId() const {
    return m_model->idAt(m_table->currentIndex().row());
}

std::vector<ClipId> ClipListPanel::selectedIds() const {
    std::vector<int> rows;
    for (const QItemSelectionRange& range : m_table->selectionModel()->selection())
        for (int row = range.top(); row <= range.bottom(); ++row)
            rows.push_back(row);
    std::sort(rows.begin(), rows.end());
    rows.erase(std::unique(rows.begin(), rows.end()), rows.end());
    std::vector<ClipId> ids;
    ids.reserve(rows.size());
    for (const int row : rows)
        ids.push_back(m_model->idAt(row));
    return ids;
}

void ClipListPanel::selectClip(ClipId id) {
    m_chosen = {id};
    m_current = id;
    if (!m_model->finding() && m_model->rowOf(id) >= 0)
        restoreChosen();
}

void ClipListPanel::moveBy(int rows) {
    if (m_model->rowCount() == 0)
        return;
    const int row = std::clamp(m_table->currentIndex().row() + rows, 0, m_model->rowCount() - 1);
    // Not selectRow(): that asks the keyboard, and with Ctrl held it would add to the selection.
    m_table->selectionModel()->setCurrentIndex(
        m_model->index(row, 0), QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

void ClipListPanel::setHistory(const QString& undo, const QString& redo) {
    m_undo->setEnabled(!undo.isEmpty());
    m_redo->setEnabled(!redo.isEmpty());
    m_undo->setToolTip(undo.isEmpty() ? tr("Nothing to undo") : tr("Undo: %1 (Ctrl+Z)").arg(undo));
    m_redo->setToolTip(redo.isEmpty() ? tr("Nothing to do again")
                                      : tr("Do again: %1 (Ctrl+Shift+Z)").arg(redo));
    m_undo->setAccessibleName(m_undo->toolTip());
    m_redo->setAccessibleName(m_redo->toolTip());
}

void ClipListPanel::showTotals() {
    m_totals->setText(
        m_all < 0 ? tr("Reading the clips ...")
                  : totalsText(m_model->totals(), m_all, static_cast<int>(m_chosen.size())));
}

void ClipListPanel::showEmptyOrTable() {
    const bool empty = m_model->rowCount() == 0 && m_all >= 0 && !m_model->finding();
    m_stack->setCurrentWidget(empty ? static_cast<QWidget*>(m_empty) : m_table);
    const bool none = m_all == 0;
    m_export->setEnabled(!none);
    m_splits->setEnabled(!none);
    if (!empty)
        return;
    m_empty->showAs(none ? tr("No clips yet") : tr("No clip is like that"),
                    none
                        ? tr("Your own voice, sound files or a data set: record a clip, drop files "
                             "here, or import what you have. Every clip is heard, seen and "
                             "labelled on the right, and becomes training data.")
                        : tr("No clip of this list has all that was asked for."),
                    none ? tr("Record (R)") : tr("Show all clips"), none);
}

bool ClipListPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Delete) {
        emit removeRequested();
        return true;
    }
    return QFrame::eventFilter(watched, event);
}

} // namespace viva
