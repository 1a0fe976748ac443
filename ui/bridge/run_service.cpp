// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/run_service.h"

#include <QFile>

#include <unistd.h>

namespace viva {

namespace {

/// Resident memory of this process; 0 where the system does not say.
std::int64_t residentBytes() {
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> words = file.readAll().split(' ');
    return words.size() > 1 ? words[1].toLongLong() * sysconf(_SC_PAGESIZE) : 0;
}

/// Living numbers are smoothed, so that they can be read.
double eased(double before, double now) {
    return before > 0 ? 0.8 * before + 0.2 * now : now;
}

} // namespace

bool RunStatus::active() const {
    switch (state) {
    case RunState::Preparing:
    case RunState::Running:
    case RunState::Paused:
    case RunState::Evaluating:
    case RunState::Stopping:
        return true;
    case RunState::Idle:
    case RunState::Stopped:
    case RunState::Finished:
    case RunState::Failed:
        return false;
    }
    return false;
}

RunService::RunService(QObject* parent) : QObject(parent), m_nextConfig(TrainConfig::demo()) {
    qRegisterMetaType<RunStatus>();
}

void RunService::showRun(RunId id) {
    if (id == m_shownRun)
        return;
    m_shownRun = id;
    emit shownRunChanged(id);
}

void RunService::setNextConfig(const TrainConfig& config) {
    if (config == m_nextConfig)
        return;
    m_nextConfig = config;
    emit nextConfigChanged();
}

void RunService::beginRun(RunId id, const QString& name) {
    RunStatus fresh;
    fresh.runId = id;
    fresh.name = name;
    fresh.state = RunState::Preparing;
    m_status = fresh;
    m_shownRun = id;
    emit runStarted(id);
    emit shownRunChanged(id);
    emit statusChanged(m_status);
}

void RunService::showStored(const RunRecord& run) {
    RunStatus stored;
    stored.runId = run.id;
    stored.name = QString::fromStdString(run.name);
    stored.state = run.state;
    // A record that still says it is at work was left by a program that ended without a word.
    if (stored.active())
        stored.state = RunState::Stopped;
    stored.step = run.stepsDone;
    stored.totalSteps = run.totalSteps;
    stored.device = QString::fromStdString(run.device);
    m_status = stored;
    emit statusChanged(m_status);
    showRun(run.id);
}

void RunService::setStatusState(RunState state, const QString& message) {
    m_status.state = state;
    m_status.message = message;
    emit statusChanged(m_status);
}

void RunService::fold(const StepEvent& event) {
    m_status.step = event.step;
    m_status.totalSteps = event.totalSteps;
    m_status.etaSec = event.etaSec;
    if (const double stepSec = event.metric("step_time"); stepSec > 0)
        m_status.stepsPerSec = eased(m_status.stepsPerSec, 1.0 / stepSec);
    if (const double rate = event.metric("tokens_per_second"); rate > 0)
        m_status.tokensPerSec = eased(m_status.tokensPerSec, rate);
}

void RunService::handleBatch(const EventBatch& batch) {
    QString failure;
    for (const TrainingEvent& event : *batch) {
        if (const auto* state = std::get_if<StateEvent>(&event)) {
            m_status.state = state->state;
            m_status.message = QString::fromStdString(state->message);
            m_status.progress = state->progress;
        } else if (const auto* info = std::get_if<RunInfoEvent>(&event)) {
            m_status.device = QString::fromStdString(info->device);
            m_status.dtype = QString::fromStdString(info->dtype);
            m_status.totalSteps = info->totalSteps;
            m_status.step = info->firstStep - 1;
        } else if (const auto* step = std::get_if<StepEvent>(&event)) {
            fold(*step);
        } else if (const auto* failed = std::get_if<FailureEvent>(&event)) {
            failure = QString::fromStdString(failed->error.text());
        }
    }
    m_status.processBytes = residentBytes();
    emit eventsArrived(batch);
    emit statusChanged(m_status);
    if (!failure.isEmpty())
        emit runFailed(failure);
}

QString stateWord(RunState state) {
    switch (state) {
    case RunState::Idle:
        return QObject::tr("Ready");
    case RunState::Preparing:
        return QObject::tr("Preparing");
    case RunState::Running:
        return QObject::tr("Running");
    case RunState::Paused:
        return QObject::tr("Paused");
    case RunState::Evaluating:
        return QObject::tr("Evaluating");
    case RunState::Stopping:
        return QObject::tr("Stopping");
    case RunState::Stopped:
        return QObject::tr("Stopped");
    case RunState::Finished:
        return QObject::tr("Finished");
    case RunState::Failed:
        return QObject::tr("Failed");
    }
    return {};
}

} // namespace viva
