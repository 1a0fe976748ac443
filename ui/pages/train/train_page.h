// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/event_batch.h"
#include "ui/bridge/task_runner.h"
#include "ui/models/runs/health.h"
#include "ui/models/runs/run_history.h"
#include "ui/pages/page.h"

class QStackedLayout;

namespace viva {

class ChartGrid;
class ChartToolbar;
class EmptyState;
class EvaluationPanel;
class HealthStrip;

/// Live curves of the shown run, what they mean in words, and held-out scores.
class TrainPage : public Page {
    Q_OBJECT

public:
    explicit TrainPage(const PageServices& services, QWidget* parent = nullptr);

    [[nodiscard]] QString id() const override { return QStringLiteral("train"); }
    [[nodiscard]] QString title() const override { return tr("Train"); }
    [[nodiscard]] QString iconName() const override { return QStringLiteral("train"); }
    [[nodiscard]] bool followsRun() const override { return true; }
    [[nodiscard]] QList<Command> commands() override;

    [[nodiscard]] const RunHistory& history() const { return m_history; }
    [[nodiscard]] ChartGrid& charts() { return *m_charts; }
    /// @throws Error(Io). The whole grid as it is seen.
    void savePicture(const QString& file);
    void saveTable(const QString& file);

private:
    QWidget* createChartsPanel();
    QWidget* createEmptyPanel();
    void connectSignals();
    void onRunStarted(qint64 runId);
    void loadRun(RunId run);
    void onLoaded(RunHistory stored, const std::string& configJson);
    void onEvents(const EventBatch& batch);
    void addLive(const TrainingEvent& event);
    void afterChange();
    void askAndSave(const QString& filter, const QString& suffix,
                    void (TrainPage::*save)(const QString&));
    void openGroups(qint64 step);

    PageServices m_services;
    TaskChannel m_loading;
    RunHistory m_history;
    std::vector<TrainingEvent> m_live; ///< what arrived while the stored part was being read
    bool m_isLoading = false;
    bool m_evaluationsChanged = true;
    HealthContext m_context;
    QStackedLayout* m_stack = nullptr;
    EmptyState* m_empty = nullptr;
    HealthStrip* m_health = nullptr;
    ChartGrid* m_charts = nullptr;
    ChartToolbar* m_toolbar = nullptr;
    EvaluationPanel* m_evaluations = nullptr;
};

} // namespace viva
