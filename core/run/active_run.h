// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/project.h"
#include "core/run/run_recorder.h"
#include "core/run/training_session.h"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace viva {

using EngineMaker = std::function<std::unique_ptr<TrainingEngine>(const RunSetup&)>;

/// What is needed to begin a run or to go on with one.
struct RunRequest {
    std::optional<RunId> resume; ///< go on with this run; else a new one from `config`
    TrainConfig config;          ///< of a new run
    ProgramFolders folders;
    EngineMaker engine;                         ///< makeTrainingEngine, or a fake in tests
    std::vector<TrainingListener*> listeners;   ///< borrowed; besides the recorder
    RunRecorder::TroubleHandler onTrouble = {}; ///< recording failed; on the recorder's thread
};

/// One run in progress: its record, lock, recorder and session, made in the right order and taken
/// down in the reverse one. The command line and the window use the same.
///
/// Everything is on disk before a checkpoint is written, so that a run that is killed goes on from
/// rows that are complete up to its newest checkpoint.
class ActiveRun {
public:
    /// Makes or finds the record; does not start (see session()).
    /// @throws Error(InvalidArgument) for a configuration that cannot run, a run that is finished
    /// or that another process works on; Error(NotFound) for an unknown run.
    ActiveRun(Project& project, const RunRequest& request);
    ~ActiveRun(); ///< blocks: stops, saves, and writes everything
    ActiveRun(const ActiveRun&) = delete;
    ActiveRun& operator=(const ActiveRun&) = delete;

    [[nodiscard]] RunId id() const { return m_id; }
    [[nodiscard]] const RunSetup& setup() const { return m_setup; }
    [[nodiscard]] TrainingSession& session() { return *m_session; }
    [[nodiscard]] RunRecorder& recorder() { return *m_recorder; }

private:
    RunId m_id = 0;
    RunSetup m_setup;
    std::optional<RunLock> m_lock;
    std::unique_ptr<RunRecorder> m_recorder;
    std::unique_ptr<TrainingSession> m_session;
};

} // namespace viva
