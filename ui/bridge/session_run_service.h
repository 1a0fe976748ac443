// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/run/active_run.h"
#include "ui/bridge/run_service.h"
#include "ui/bridge/serial_queue.h"
#include "ui/bridge/training_bridge.h"

#include <memory>
#include <optional>

namespace viva {

/// The run service of the program: runs of one project, trained by the session layer.
///
/// The project's writing connection and the ActiveRun live on the queue's thread; the GUI thread
/// only posts commands there. Events come back through the bridge. The destructor stops the run at
/// work, waits for it and saves it.
class SessionRunService : public RunService {
    Q_OBJECT

public:
    struct Setup {
        std::filesystem::path projectFolder;
        ProgramFolders folders;
        EngineMaker engine;
    };

    explicit SessionRunService(Setup setup, QObject* parent = nullptr);
    ~SessionRunService() override;

    [[nodiscard]] std::filesystem::path projectFolder() const override;
    void startRun(const TrainConfig& config, bool paused) override;
    void resumeRun(RunId id) override;
    void pause() override;
    void proceed() override;
    void stepOnce() override;
    void stop() override;
    void requestCheckpoint() override;
    void requestEvaluation() override;

    /// Opens (or makes) the project and looks what was going on in it; the answer is a signal.
    void openProject();

signals:
    /// The newest run of the project and the one that can be gone on with, if there is one.
    void projectOpened(qint64 newestRun, qint64 resumableRun, const QString& resumableName,
                       qint64 stepsDone, qint64 totalSteps);
    void projectFailed(const QString& sentence);

private:
    void begin(std::optional<RunId> resume, const TrainConfig& config, bool paused);
    void beginQueued(const RunRequest& request, bool paused);
    void openQueued();
    void onBatch(const EventBatch& batch);
    void withSession(const std::function<void(TrainingSession&)>& command);
    /// Hands a job to the GUI thread.
    void reply(std::function<void()> job);

    // immutable
    const Setup m_setup;

    // the queue's thread only
    std::optional<Project> m_project;
    std::unique_ptr<ActiveRun> m_active;

    // GUI thread
    TrainingBridge m_bridge;

    std::unique_ptr<SerialQueue> m_queue;
};

} // namespace viva
