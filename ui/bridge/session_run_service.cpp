// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/session_run_service.h"

#include <algorithm>

namespace viva {

SessionRunService::SessionRunService(Setup setup, QObject* parent)
    : RunService(parent), m_setup(std::move(setup)), m_queue(std::make_unique<SerialQueue>()) {
    connect(&m_bridge, &TrainingBridge::eventsArrived, this, &SessionRunService::onBatch);
}

SessionRunService::~SessionRunService() {
    m_queue->post([this] {
        m_active.reset();
        m_project.reset();
    });
    m_queue.reset();
}

std::filesystem::path SessionRunService::projectFolder() const {
    return m_setup.projectFolder;
}

void SessionRunService::reply(std::function<void()> job) {
    QMetaObject::invokeMethod(this, std::move(job), Qt::QueuedConnection);
}

void SessionRunService::openProject() {
    m_queue->post([this] { openQueued(); });
}

void SessionRunService::openQueued() {
    try {
        if (!m_project)
            m_project.emplace(Project::open(m_setup.projectFolder));
        const std::vector<RunRecord> runs = m_project->store().runs();
        const RunRecord newest = runs.empty() ? RunRecord{} : runs.front();
        const RunRecord open = m_project->resumableRun().value_or(RunRecord{});
        reply([this, newest, open] {
            if (newest.id != 0 && !status().active())
                showStored(newest);
            emit projectOpened(newest.id, open.id, QString::fromStdString(open.name),
                               open.stepsDone, open.totalSteps);
        });
    } catch (...) {
        const QString sentence = QString::fromStdString(currentErrorInfo().text());
        reply([this, sentence] { emit projectFailed(sentence); });
    }
}

void SessionRunService::startRun(const TrainConfig& config, bool paused) {
    begin(std::nullopt, config, paused);
}

void SessionRunService::resumeRun(RunId id) {
    begin(id, {}, false);
}

void SessionRunService::begin(std::optional<RunId> resume, const TrainConfig& config, bool paused) {
    if (status().active())
        return;
    setStatusState(RunState::Preparing, tr("starting"));
    RunRequest request;
    request.resume = resume;
    request.config = config;
    request.folders = m_setup.folders;
    request.engine = m_setup.engine;
    request.listeners = {&m_bridge};
    request.onTrouble = [this](const ErrorInfo& error) {
        const QString sentence = QString::fromStdString(error.text());
        reply([this, sentence] { emit recordingFailed(sentence); });
    };
    m_queue->post([this, request, paused] { beginQueued(request, paused); });
}

void SessionRunService::beginQueued(const RunRequest& request, bool paused) {
    try {
        m_active.reset();
        if (!m_project)
            m_project.emplace(Project::open(m_setup.projectFolder));
        m_active = std::make_unique<ActiveRun>(*m_project, request);
        const RunId id = m_active->id();
        const auto record = m_project->store().run(id);
        const QString name = QString::fromStdString(record ? record->name : std::string());
        reply([this, id, name] { beginRun(id, name); });
        if (paused)
            m_active->session().startPaused();
        else
            m_active->session().start();
    } catch (...) {
        const QString sentence = QString::fromStdString(currentErrorInfo().text());
        reply([this, sentence] {
            setStatusState(RunState::Failed, {});
            emit runFailed(sentence);
        });
    }
}

void SessionRunService::onBatch(const EventBatch& batch) {
    handleBatch(batch);
    const auto ended = [](const TrainingEvent& event) {
        const auto* state = std::get_if<StateEvent>(&event);
        return state && isFinal(state->state);
    };
    if (std::any_of(batch->begin(), batch->end(), ended))
        m_queue->post([this] { m_active.reset(); });
}

void SessionRunService::withSession(const std::function<void(TrainingSession&)>& command) {
    m_queue->post([this, command] {
        if (m_active)
            command(m_active->session());
    });
}

void SessionRunService::pause() {
    withSession([](TrainingSession& session) { session.pause(); });
}

void SessionRunService::proceed() {
    withSession([](TrainingSession& session) { session.resume(); });
}

void SessionRunService::stepOnce() {
    withSession([](TrainingSession& session) { session.stepOnce(); });
}

void SessionRunService::stop() {
    withSession([](TrainingSession& session) { session.stop(); });
}

void SessionRunService::requestCheckpoint() {
    withSession([](TrainingSession& session) { session.requestCheckpoint(); });
}

void SessionRunService::requestEvaluation() {
    withSession([](TrainingSession& session) { session.requestEvaluation(); });
}

} // namespace viva
