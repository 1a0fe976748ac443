// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/groups/groups_page.h"

#include "core/store/project_store.h"
#include "ui/bridge/run_service.h"
#include "ui/models/runs/group_filter.h"
#include "ui/models/runs/group_table.h"
#include "ui/pages/groups/group_card.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/range_delegate.h"

#include <QBoxLayout>
#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSlider>
#include <QSpinBox>
#include <QSplitter>
#include <QTableView>
#include <QToolButton>

#include <algorithm>

namespace viva {
namespace {

QToolButton* arrowButton(const QString& icon, const QString& name, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setIcon(themedIcon(icon));
    button->setToolTip(name);
    button->setAccessibleName(name);
    button->setAutoRepeat(true);
    return button;
}

} // namespace

GroupsPage::GroupsPage(const PageServices& services, QWidget* parent)
    : Page(parent), m_services(services), m_progress(services.tasks, this),
      m_lists(services.tasks, this), m_cards(services.tasks, this),
      m_model(new GroupTableModel(this)), m_filtered(new GroupFilter(this)) {
    m_filtered->setSourceModel(m_model);
    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->addWidget(createListPanel());
    m_card = new GroupCard(services.tasks, splitter);
    splitter->addWidget(m_card);
    splitter->setStretchFactor(0, 2);
    splitter->setStretchFactor(1, 3);
    splitter->setSizes({450, 720});
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(kGrid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    column->addWidget(splitter);
    m_timer.setInterval(500);
    connectSignals();
}

QWidget* GroupsPage::createListPanel() {
    constexpr int kListWidth = 420; // every column of the table
    auto* panel = new QFrame(this);
    panel->setProperty("look", "card");
    panel->setMinimumWidth(kListWidth);
    m_heading = new QLabel(tr("Groups of this step"), panel);
    setTextSize(m_heading, TextSize::Heading, QFont::DemiBold);
    m_table = new QTableView(panel);
    m_table->setProperty("look", "plain");
    m_table->setModel(m_filtered);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setShowGrid(false);
    m_table->setSortingEnabled(true);
    m_table->sortByColumn(-1, Qt::AscendingOrder);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(32);
    m_table->setItemDelegateForColumn(GroupTableModel::Reward, new RangeDelegate(m_table));
    QHeaderView* header = m_table->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setSectionResizeMode(GroupTableModel::Question, QHeaderView::Stretch);
    m_table->setColumnWidth(GroupTableModel::Step, 64);
    m_table->setColumnWidth(GroupTableModel::Task, 56);
    m_table->setColumnWidth(GroupTableModel::Reward, 136);
    m_table->setColumnWidth(GroupTableModel::Spread, 72);
    m_table->setAccessibleName(tr("Groups"));
    m_table->setTabKeyNavigation(false);
    auto* column = new QVBoxLayout(panel);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createStepPanel());
    column->addWidget(m_heading);
    column->addWidget(createFilterPanel());
    column->addWidget(m_table, 1);
    return panel;
}

QWidget* GroupsPage::createStepPanel() {
    auto* panel = new QWidget(this);
    auto* back = arrowButton(QStringLiteral("chevron-left"), tr("One step back"), panel);
    auto* forth = arrowButton(QStringLiteral("chevron-right"), tr("One step forth"), panel);
    m_slider = new QSlider(Qt::Horizontal, panel);
    m_slider->setRange(0, 0);
    m_slider->setAccessibleName(tr("Step"));
    m_stepBox = new QSpinBox(panel);
    m_stepBox->setRange(0, 0);
    m_stepBox->setPrefix(tr("step "));
    m_stepBox->setMinimumWidth(112);
    m_stepBox->setAccessibleName(tr("Step number"));
    m_follow = new QCheckBox(tr("Follow"), panel);
    m_follow->setChecked(true);
    m_follow->setToolTip(tr("Stay at the newest step while a run goes on"));
    auto* row = new QHBoxLayout(panel);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(back);
    row->addWidget(m_slider, 1);
    row->addWidget(forth);
    row->addWidget(m_stepBox);
    row->addWidget(m_follow);
    connect(back, &QToolButton::clicked, this, [this] { moveStep(-1); });
    connect(forth, &QToolButton::clicked, this, [this] { moveStep(1); });
    return panel;
}

QWidget* GroupsPage::createFilterPanel() {
    auto* panel = new QWidget(this);
    m_search = new QLineEdit(panel);
    m_search->setPlaceholderText(tr("Search questions"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(themedIcon(QStringLiteral("search"), IconTint::Muted),
                        QLineEdit::LeadingPosition);
    m_task = new QComboBox(panel);
    m_task->addItem(tr("all tasks"), QString());
    m_task->addItem(tr("questions"), QStringLiteral("sqa"));
    m_task->addItem(tr("translation"), QStringLiteral("ast"));
    m_task->setAccessibleName(tr("Task"));
    auto* alive = new QCheckBox(tr("Hide dead"), panel);
    alive->setToolTip(tr("Leave out groups whose answers all score alike"));
    auto* row = new QHBoxLayout(panel);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_search, 1);
    row->addWidget(m_task);
    row->addWidget(alive);
    auto* filter = static_cast<GroupFilter*>(m_filtered);
    connect(m_search, &QLineEdit::textChanged, filter, &GroupFilter::setText);
    connect(m_task, &QComboBox::currentIndexChanged, filter,
            [this, filter] { filter->setTask(m_task->currentData().toString()); });
    connect(alive, &QCheckBox::toggled, filter, &GroupFilter::setHideDead);
    return panel;
}

void GroupsPage::connectSignals() {
    connect(&m_timer, &QTimer::timeout, this, &GroupsPage::refresh);
    connect(m_slider, &QSlider::valueChanged, this, [this](int step) {
        m_follow->setChecked(step == m_lastStep);
        showStep(step);
    });
    connect(m_stepBox, &QSpinBox::valueChanged, m_slider, &QSlider::setValue);
    connect(m_follow, &QCheckBox::toggled, this, [this](bool on) {
        if (on)
            showStep(m_lastStep);
    });
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &GroupsPage::openChosen);
    connect(m_card, &GroupCard::throughTimeRequested, this, &GroupsPage::showThroughTime);
    connect(m_card, &GroupCard::rewardsRequested, this, [this] {
        emit destinationRequested(
            {QStringLiteral("configure"), static_cast<qlonglong>(m_openGroup)});
    });
    connect(m_card, &GroupCard::failed, this, [this](const QString& sentence) {
        emit messageRaised({MessageKind::Warning, sentence, {}, {}});
    });
    connect(&m_services.runs, &RunService::shownRunChanged, this, [this] {
        m_step = m_lastStep = 0;
        m_example.reset();
        m_follow->setChecked(true);
        applyGroups({});
        refresh();
    });
}

void GroupsPage::activated(const QVariant& subject) {
    if (const std::int64_t step = subject.toLongLong(); step > 0) {
        m_follow->setChecked(false);
        m_lastStep = std::max(m_lastStep, step);
        showStep(step);
    }
    refresh();
    m_timer.start();
}

void GroupsPage::deactivated() {
    m_timer.stop();
}

bool GroupsPage::playPause() {
    return m_card->playPause();
}

QList<Command> GroupsPage::commands() {
    const QString section = tr("Groups");
    return {{section, tr("First step"), {}, {}, [this] { m_slider->setValue(1); }},
            {section, tr("Newest step"), {}, {}, [this] { m_follow->setChecked(true); }},
            {section,
             tr("One step back"),
             {},
             QKeySequence(Qt::ALT | Qt::Key_Left),
             [this] { moveStep(-1); }},
            {section, tr("One step forth"), {}, QKeySequence(Qt::ALT | Qt::Key_Right), [this] {
                 moveStep(1);
             }}};
}

void GroupsPage::refresh() {
    const RunId run = m_services.runs.shownRun();
    if (run == 0)
        return;
    m_progress.start([folder = m_services.projectFolder,
                      run] { return ProjectStore::openReadOnly(folder)->lastGroupStep(run); },
                     [this](std::int64_t last) {
                         if (last == m_lastStep && m_step > 0)
                             return;
                         m_lastStep = last;
                         const QSignalBlocker slider(m_slider);
                         const QSignalBlocker box(m_stepBox);
                         m_slider->setRange(last > 0 ? 1 : 0, static_cast<int>(last));
                         m_stepBox->setRange(last > 0 ? 1 : 0, static_cast<int>(last));
                         if (m_follow->isChecked() || m_step == 0)
                             showStep(last);
                         else
                             showStep(std::min(m_step, last));
                     });
}

void GroupsPage::showStep(std::int64_t step) {
    const bool wasThroughTime = m_example.has_value();
    m_example.reset();
    if (step <= 0 || (step == m_step && !wasThroughTime && m_model->rowCount() > 0))
        return;
    m_step = step;
    const QSignalBlocker slider(m_slider);
    const QSignalBlocker box(m_stepBox);
    m_slider->setValue(static_cast<int>(step));
    m_stepBox->setValue(static_cast<int>(step));
    m_heading->setText(tr("Groups of step %1").arg(step));
    m_table->setColumnHidden(GroupTableModel::Step, true);
    m_lists.start([folder = m_services.projectFolder, run = m_services.runs.shownRun(),
                   step] { return ProjectStore::openReadOnly(folder)->groupsOfStep(run, step); },
                  [this](std::vector<GroupSummary> groups) { applyGroups(std::move(groups)); });
}

void GroupsPage::showThroughTime(const QString& exampleId) {
    if (exampleId.isEmpty())
        return;
    m_follow->setChecked(false);
    m_example = exampleId;
    m_heading->setText(tr("This prompt through time"));
    m_table->setColumnHidden(GroupTableModel::Step, false);
    m_lists.start(
        [folder = m_services.projectFolder, run = m_services.runs.shownRun(),
         id = exampleId.toStdString()] {
            return ProjectStore::openReadOnly(folder)->groupsOfExample(run, id);
        },
        [this](std::vector<GroupSummary> groups) { applyGroups(std::move(groups)); });
}

void GroupsPage::applyGroups(std::vector<GroupSummary> groups) {
    const int row = std::max(0, m_table->currentIndex().row());
    m_model->setGroups(std::move(groups));
    if (m_filtered->rowCount() == 0) {
        m_openGroup = 0;
        m_card->clear();
        return;
    }
    m_table->selectRow(std::min(row, m_filtered->rowCount() - 1));
    openChosen();
}

void GroupsPage::openChosen() {
    const QModelIndex index = m_filtered->mapToSource(m_table->currentIndex());
    if (!index.isValid())
        return;
    const std::int64_t id = m_model->group(index.row()).id;
    if (id == m_openGroup)
        return;
    m_openGroup = id;
    m_cards.start([folder = m_services.projectFolder,
                   id] { return ProjectStore::openReadOnly(folder)->group(id); },
                  [this](std::optional<Group> group) {
                      if (group)
                          m_card->setGroup(*group);
                  });
}

void GroupsPage::moveStep(int by) {
    m_slider->setValue(static_cast<int>(
        std::clamp<std::int64_t>(m_step + by, 1, std::max<std::int64_t>(1, m_lastStep))));
}

Page* makeGroupsPage(const PageServices& services) {
    return new GroupsPage(services);
}

} // namespace viva
