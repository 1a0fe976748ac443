// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/store/records.h"
#include "ui/bridge/event_batch.h"

#include <QObject>
#include <QString>

#include <filesystem>

namespace viva {

/// What the frame shows of the run, folded out of its events.
struct RunStatus {
    RunId runId = 0; ///< 0 = none yet
    QString name;
    RunState state = RunState::Idle;
    QString message;      ///< what it is doing, for people; may be empty
    double progress = -1; ///< 0..1 of preparation; -1 = unknown
    std::int64_t step = 0;
    std::int64_t totalSteps = 0;
    double etaSec = -1;
    double stepsPerSec = 0;
    double tokensPerSec = 0;
    QString device;
    QString dtype;
    std::int64_t processBytes = 0;

    /// A thread is at work (or paused) for it: something would be lost by leaving now.
    [[nodiscard]] bool active() const;
};

/// The window's one door to training. Every command returns at once; what came of it arrives as a
/// signal on the GUI thread. One run at a time.
class RunService : public QObject {
    Q_OBJECT

public:
    explicit RunService(QObject* parent = nullptr);

    [[nodiscard]] virtual std::filesystem::path projectFolder() const = 0;
    /// Makes a new run of `config` and starts it; with `paused` it prepares and waits.
    virtual void startRun(const TrainConfig& config, bool paused) = 0;
    virtual void resumeRun(RunId id) = 0; ///< goes on from the last checkpoint
    virtual void pause() = 0;
    virtual void proceed() = 0; ///< after a pause
    virtual void stepOnce() = 0;
    virtual void stop() = 0; ///< saves, then Stopped
    virtual void requestCheckpoint() = 0;
    virtual void requestEvaluation() = 0;

    [[nodiscard]] const RunStatus& status() const { return m_status; }
    /// The run whose curves and groups the pages show; not always the one at work.
    [[nodiscard]] RunId shownRun() const { return m_shownRun; }
    void showRun(RunId id);

    /// What Start does now; set by the Configure page.
    void setNextConfig(const TrainConfig& config);
    [[nodiscard]] const TrainConfig& nextConfig() const { return m_nextConfig; }

signals:
    void statusChanged(const viva::RunStatus& status);
    void eventsArrived(const viva::EventBatch& batch); ///< of the run at work, in order
    void runStarted(qint64 runId);                     ///< new or resumed
    void shownRunChanged(qint64 runId);
    void runFailed(const QString& sentence);
    void recordingFailed(const QString& sentence); ///< it trains on, but not all of it is kept
    void nextConfigChanged();

protected:
    void beginRun(RunId id, const QString& name);
    void handleBatch(const EventBatch& batch);
    /// Shows a run that nobody works on, as its record has it.
    void showStored(const RunRecord& run);
    void setStatusState(RunState state, const QString& message);

private:
    void fold(const StepEvent& event);

    RunStatus m_status;
    RunId m_shownRun = 0;
    TrainConfig m_nextConfig;
};

/// "Running", "Paused" ... as the window says them.
[[nodiscard]] QString stateWord(RunState state);

} // namespace viva
