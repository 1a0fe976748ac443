// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/group.h"
#include "ui/bridge/task_runner.h"

#include <QWidget>

#include <filesystem>

class QComboBox;
class QLabel;
class QSpinBox;

namespace viva {

/// Finds a group that a run has stored: run, step, group.
class StoredGroupPicker : public QWidget {
    Q_OBJECT

public:
    StoredGroupPicker(TaskRunner& tasks, std::filesystem::path project, QWidget* parent = nullptr);

    void reload();                      ///< asks what runs there are now
    void openGroup(std::int64_t group); ///< brings one group by its number in the project

signals:
    void groupChosen(const viva::Group& group);
    void failed(const QString& sentence);

private:
    void readSteps();
    void readGroups();

    std::filesystem::path m_project;
    TaskChannel m_listing;
    TaskChannel m_opening;
    QComboBox* m_runs = nullptr;
    QSpinBox* m_step = nullptr;
    QComboBox* m_groups = nullptr;
};

} // namespace viva
