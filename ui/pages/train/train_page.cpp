// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/train/train_page.h"

#include "ui/bridge/run_service.h"
#include "ui/pages/train/chart_grid.h"
#include "ui/pages/train/chart_toolbar.h"
#include "ui/pages/train/evaluation_panel.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/frame/health_strip.h"

#include <nlohmann/json.hpp>

#include <QFileDialog>
#include <QPixmap>
#include <QSaveFile>
#include <QStackedLayout>
#include <QVBoxLayout>

namespace viva {

namespace {

/// What is loaded of a stored run.
struct StoredRun {
    RunHistory history;
    std::string configJson;
};

HealthContext contextOf(const TrainConfig& config) {
    return {config.numIterations, config.eval.evalSteps, config.objective == Objective::Sft};
}

} // namespace

TrainPage::TrainPage(const PageServices& services, QWidget* parent)
    : Page(parent), m_services(services), m_loading(services.tasks, this),
      m_stack(new QStackedLayout(this)) {
    m_stack->addWidget(createEmptyPanel());
    m_stack->addWidget(createChartsPanel());
    connectSignals();
    m_charts->setHistory(&m_history);
    if (m_services.runs.shownRun() != 0)
        loadRun(m_services.runs.shownRun());
}

QWidget* TrainPage::createEmptyPanel() {
    m_empty = new EmptyState("train", tr("No run yet"),
                             tr("Curves appear here while a run trains: reward, KL, loss, lengths "
                                "and where the time goes. Start trains what the Configure page "
                                "says; F10 makes a single step."),
                             this);
    m_empty->setAction(tr("Start"));
    return m_empty;
}

QWidget* TrainPage::createChartsPanel() {
    auto* panel = new QWidget(this);
    m_health = new HealthStrip(panel);
    m_charts = new ChartGrid(panel);
    m_toolbar = new ChartToolbar(panel);
    m_evaluations = new EvaluationPanel(panel);
    m_charts->setCornerPanel(m_evaluations);
    auto* layout = new QVBoxLayout(panel);
    layout->setContentsMargins(2 * kGrid, kGrid, 2 * kGrid, kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(m_health);
    layout->addWidget(m_charts, 1);
    layout->addWidget(m_toolbar);
    return panel;
}

void TrainPage::connectSignals() {
    RunService& runs = m_services.runs;
    connect(m_empty, &EmptyState::actionRequested, this,
            [&runs] { runs.startRun(runs.nextConfig(), false); });
    connect(&runs, &RunService::runStarted, this, &TrainPage::onRunStarted);
    connect(&runs, &RunService::shownRunChanged, this, [this](qint64 run) { loadRun(run); });
    connect(&runs, &RunService::eventsArrived, this, &TrainPage::onEvents);
    connect(m_toolbar, &ChartToolbar::viewChanged, this, [this] {
        m_charts->setLook(m_toolbar->xKind(), m_toolbar->smoothing(), m_toolbar->logY());
    });
    connect(m_toolbar, &ChartToolbar::followingChanged, m_charts, &ChartGrid::setFollowing);
    connect(m_charts, &ChartGrid::zoomedByHand, this, [this] {
        const QSignalBlocker quiet(m_toolbar);
        m_toolbar->setFollowing(false);
    });
    connect(m_charts, &ChartGrid::resetRequested, this, [this] {
        m_toolbar->setFollowing(true);
        m_charts->setFollowing(true);
    });
    connect(m_charts, &ChartGrid::stepClicked, this, &TrainPage::openGroups);
    connect(m_toolbar, &ChartToolbar::latestGroupRequested, this,
            [this] { openGroups(m_history.lastStep()); });
    connect(m_toolbar, &ChartToolbar::csvRequested, this,
            [this] { askAndSave(tr("CSV files (*.csv)"), "csv", &TrainPage::saveTable); });
    connect(m_toolbar, &ChartToolbar::pngRequested, this,
            [this] { askAndSave(tr("Pictures (*.png)"), "png", &TrainPage::savePicture); });
}

void TrainPage::openGroups(qint64 step) {
    emit destinationRequested({QStringLiteral("groups"), QVariant::fromValue(step)});
}

void TrainPage::onRunStarted(qint64) {
    m_context = contextOf(m_services.runs.nextConfig());
}

void TrainPage::loadRun(RunId run) {
    m_history.clear();
    m_live.clear();
    m_isLoading = run != 0;
    m_evaluationsChanged = true;
    afterChange();
    if (run == 0)
        return;
    m_loading.start(
        [folder = m_services.projectFolder, run] {
            const auto store = ProjectStore::openReadOnly(folder);
            const auto record = store->run(run);
            return StoredRun{readHistory(*store, run), record ? record->configJson : "{}"};
        },
        [this](StoredRun stored) { onLoaded(std::move(stored.history), stored.configJson); },
        [this](const ErrorInfo& error) {
            onLoaded({}, "{}");
            emit messageRaised({MessageKind::Error, QString::fromStdString(error.text()), {}, {}});
        });
}

void TrainPage::onLoaded(RunHistory stored, const std::string& configJson) {
    m_isLoading = false;
    m_history = std::move(stored);
    m_evaluationsChanged = true;
    try {
        m_context = contextOf(trainConfigFromJson(nlohmann::json::parse(configJson), "the run"));
    } catch (const std::exception&) {
        m_context = {}; // an older run may know other options; only the sentences depend on them
    }
    for (const TrainingEvent& event : std::exchange(m_live, {}))
        addLive(event);
    m_charts->setHistory(&m_history);
    afterChange();
}

void TrainPage::onEvents(const EventBatch& batch) {
    if (m_services.runs.shownRun() != m_services.runs.status().runId)
        return;
    for (const TrainingEvent& event : *batch) {
        if (std::holds_alternative<GroupEvent>(event))
            continue;
        if (m_isLoading)
            m_live.push_back(event);
        else
            addLive(event);
    }
    if (!m_isLoading)
        afterChange();
}

void TrainPage::addLive(const TrainingEvent& event) {
    if (const auto* step = std::get_if<StepEvent>(&event))
        m_history.append(*step);
    else if (const auto* evaluation = std::get_if<EvaluationEvent>(&event)) {
        m_history.addEvaluation(*evaluation);
        m_evaluationsChanged = true;
    } else if (const auto* checkpoint = std::get_if<CheckpointEvent>(&event))
        m_history.addCheckpoint(checkpoint->step);
    else if (const auto* note = std::get_if<NoteEvent>(&event))
        m_history.addNote(*note);
    else if (const auto* info = std::get_if<RunInfoEvent>(&event); info && info->firstStep > 1)
        m_history.addResume(info->firstStep - 1);
    if (const auto* note = std::get_if<NoteEvent>(&event))
        emit messageRaised({MessageKind::Info, QString::fromStdString(note->text), {}, {}});
}

void TrainPage::afterChange() {
    const bool something =
        !m_history.empty() || !m_history.evaluations().empty() || m_services.runs.status().active();
    m_stack->setCurrentIndex(something ? 1 : 0);
    m_charts->markChanged();
    m_health->setSentences(healthSentences(m_history, m_context));
    if (std::exchange(m_evaluationsChanged, false))
        m_evaluations->setEvaluations(m_history.evaluations());
    m_toolbar->setLatestStep(m_history.lastStep());
}

void TrainPage::savePicture(const QString& file) {
    m_charts->refreshAll();
    if (!m_charts->grab().save(file, "PNG"))
        throw Error(ErrorCode::Io, "the picture could not be written to " + file.toStdString() +
                                       "; choose a folder you may write to");
}

void TrainPage::saveTable(const QString& file) {
    QSaveFile out(file);
    const std::string csv = historyCsv(m_history);
    const bool done =
        out.open(QIODevice::WriteOnly) &&
        out.write(csv.data(), static_cast<qint64>(csv.size())) == static_cast<qint64>(csv.size()) &&
        out.commit();
    if (!done)
        throw Error(ErrorCode::Io, "the table could not be written to " + file.toStdString() +
                                       " (" + out.errorString().toStdString() +
                                       "); choose a folder you may write to");
}

void TrainPage::askAndSave(const QString& filter, const QString& suffix,
                           void (TrainPage::*save)(const QString&)) {
    const QString proposal =
        QString::fromStdString((m_services.projectFolder / "exports").string()) +
        QStringLiteral("/curves.") + suffix;
    const QString file = QFileDialog::getSaveFileName(this, tr("Save"), proposal, filter);
    if (file.isEmpty())
        return;
    try {
        (this->*save)(file);
        emit messageRaised({MessageKind::Info, tr("Saved %1").arg(file), {}, {}});
    } catch (...) {
        emit messageRaised(
            {MessageKind::Error, QString::fromStdString(currentErrorInfo().text()), {}, {}});
    }
}

QList<Command> TrainPage::commands() {
    QList<Command> list;
    for (MetricPlot* plot : m_charts->plots()) {
        list.append({tr("Chart"), plot->spec().title, plot->spec().help, {}, [this, plot] {
                         emit destinationRequested({id(), {}});
                         plot->setFocus(Qt::ShortcutFocusReason);
                     }});
    }
    list.append({tr("Train"), tr("Save all curves as CSV"), {}, {}, [this] {
                     emit m_toolbar->csvRequested();
                 }});
    list.append({tr("Train"), tr("Save the charts as a picture"), {}, {}, [this] {
                     emit m_toolbar->pngRequested();
                 }});
    list.append({tr("Train"), tr("Follow the newest step"), {}, {}, [this] {
                     m_toolbar->setFollowing(true);
                 }});
    return list;
}

Page* makeTrainPage(const PageServices& services) {
    return new TrainPage(services);
}

} // namespace viva
