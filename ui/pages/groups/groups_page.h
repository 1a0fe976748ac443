// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/records.h"
#include "ui/bridge/task_runner.h"
#include "ui/pages/page.h"

#include <QTimer>

#include <optional>
#include <vector>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QSlider;
class QSortFilterProxyModel;
class QSpinBox;
class QTableView;

namespace viva {

class GroupCard;
class GroupTableModel;

/// Every group ever sampled: a slider over the steps, the groups of a step or one prompt through
/// time, and the chosen group in full.
class GroupsPage : public Page {
    Q_OBJECT

public:
    explicit GroupsPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("groups"); }
    [[nodiscard]] QString title() const override { return tr("Groups"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("groups"); }
    void activated(const QVariant& subject) override;
    void deactivated() override;
    bool playPause() override;
    [[nodiscard]] QList<Command> commands() override;

private:
    QWidget* createListPanel();
    QWidget* createStepPanel();
    QWidget* createFilterPanel();
    void connectSignals();
    void refresh(); ///< asks how far the run is
    void showStep(std::int64_t step);
    void showThroughTime(const QString& exampleId);
    void applyGroups(std::vector<GroupSummary> groups);
    void openChosen();
    void moveStep(int by);

    PageServices m_services;
    TaskChannel m_progress;
    TaskChannel m_lists;
    TaskChannel m_cards;
    QTimer m_timer;
    std::int64_t m_step = 0;
    std::int64_t m_lastStep = 0;
    std::optional<QString> m_example; ///< set while one prompt is shown through time
    std::int64_t m_openGroup = 0;

    GroupTableModel* m_model;
    QSortFilterProxyModel* m_filtered;
    QSlider* m_slider = nullptr;
    QSpinBox* m_stepBox = nullptr;
    QCheckBox* m_follow = nullptr;
    QLineEdit* m_search = nullptr;
    QComboBox* m_task = nullptr;
    QLabel* m_heading = nullptr;
    QTableView* m_table = nullptr;
    GroupCard* m_card = nullptr;
};

} // namespace viva
