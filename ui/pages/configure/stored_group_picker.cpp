// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/stored_group_picker.h"

#include "core/store/project_store.h"
#include "ui/theme/type_scale.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QSpinBox>

namespace viva {

StoredGroupPicker::StoredGroupPicker(TaskRunner& tasks, std::filesystem::path project,
                                     QWidget* parent)
    : QWidget(parent), m_project(std::move(project)), m_listing(tasks, this),
      m_opening(tasks, this), m_runs(new QComboBox(this)), m_step(new QSpinBox(this)),
      m_groups(new QComboBox(this)) {
    m_runs->setAccessibleName(tr("Run"));
    m_runs->setToolTip(tr("The run whose answers are taken"));
    m_step->setAccessibleName(tr("Step"));
    m_step->setPrefix(tr("step "));
    m_groups->setAccessibleName(tr("Group"));
    m_groups->setToolTip(tr("The group of that step"));
    for (QComboBox* box : {m_runs, m_groups}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(8);
    }
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(kHalfGrid);
    row->addWidget(m_runs, 3);
    row->addWidget(m_step, 2);
    row->addWidget(m_groups, 4);
    connect(m_runs, &QComboBox::currentIndexChanged, this, &StoredGroupPicker::readSteps);
    connect(m_step, &QSpinBox::valueChanged, this, &StoredGroupPicker::readGroups);
    connect(m_groups, &QComboBox::activated, this,
            [this] { openGroup(m_groups->currentData().toLongLong()); });
}

void StoredGroupPicker::reload() {
    m_listing.start(
        [folder = m_project] {
            return ProjectStore::isIn(folder) ? ProjectStore::openReadOnly(folder)->runs()
                                              : std::vector<RunRecord>();
        },
        [this](const std::vector<RunRecord>& runs) {
            const QVariant chosen = m_runs->currentData();
            {
                const QSignalBlocker quiet(m_runs);
                m_runs->clear();
                for (const RunRecord& run : runs)
                    m_runs->addItem(QString::fromStdString(run.name),
                                    static_cast<qlonglong>(run.id));
                m_runs->setCurrentIndex(std::max(0, m_runs->findData(chosen)));
                m_runs->setPlaceholderText(tr("no run yet"));
            }
            setEnabled(!runs.empty());
            if (!runs.empty())
                readSteps();
        },
        [this](const ErrorInfo& error) { emit failed(QString::fromStdString(error.text())); });
}

void StoredGroupPicker::readSteps() {
    m_listing.start(
        [folder = m_project, run = m_runs->currentData().toLongLong()] {
            return ProjectStore::openReadOnly(folder)->lastGroupStep(run);
        },
        [this](std::int64_t last) {
            {
                const QSignalBlocker quiet(m_step);
                m_step->setRange(last > 0 ? 1 : 0, static_cast<int>(last));
                m_step->setValue(static_cast<int>(last));
            }
            readGroups();
        },
        [this](const ErrorInfo& error) { emit failed(QString::fromStdString(error.text())); });
}

void StoredGroupPicker::readGroups() {
    m_listing.start(
        [folder = m_project, run = m_runs->currentData().toLongLong(), step = m_step->value()] {
            return ProjectStore::openReadOnly(folder)->groupsOfStep(run, step);
        },
        [this](const std::vector<GroupSummary>& groups) {
            m_groups->clear();
            m_groups->setPlaceholderText(groups.empty() ? tr("no group") : tr("choose a group"));
            for (const GroupSummary& group : groups)
                m_groups->addItem(
                    tr("%1: %2").arg(group.index + 1).arg(QString::fromStdString(group.question)),
                    static_cast<qlonglong>(group.id));
            m_groups->setCurrentIndex(-1);
        },
        [this](const ErrorInfo& error) { emit failed(QString::fromStdString(error.text())); });
}

void StoredGroupPicker::openGroup(std::int64_t group) {
    if (group <= 0)
        return;
    m_opening.start(
        [folder = m_project, group] { return ProjectStore::openReadOnly(folder)->group(group); },
        [this](const std::optional<Group>& found) {
            if (found)
                emit groupChosen(*found);
            else
                emit failed(tr("This group is no longer in the project."));
        },
        [this](const ErrorInfo& error) { emit failed(QString::fromStdString(error.text())); });
}

} // namespace viva
