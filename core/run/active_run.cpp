// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/run/active_run.h"

#include <fmt/format.h>

namespace viva {
namespace {

/// The engine, with everything recorded before a checkpoint is written.
class RecordedEngine final : public TrainingEngine {
public:
    RecordedEngine(std::unique_ptr<TrainingEngine> engine, RunRecorder& recorder,
                   std::filesystem::path projectFolder)
        : m_engine(std::move(engine)), m_recorder(recorder),
          m_projectFolder(std::move(projectFolder)) {}

    void prepare(const EventSink& sink, std::stop_token stop) override {
        m_engine->prepare(sink, std::move(stop));
    }
    [[nodiscard]] std::int64_t stepsDone() const override { return m_engine->stepsDone(); }
    [[nodiscard]] std::int64_t totalSteps() const override { return m_engine->totalSteps(); }
    bool runStep(const EventSink& sink, std::stop_token stop) override {
        return m_engine->runStep(sink, std::move(stop));
    }
    void evaluate(bool full, const EventSink& sink, std::stop_token stop) override {
        m_engine->evaluate(full, sink, std::move(stop));
    }
    void saveCheckpoint(const EventSink& sink) override {
        m_recorder.flush();
        m_engine->saveCheckpoint([&](TrainingEvent event) {
            if (auto* saved = std::get_if<CheckpointEvent>(&event))
                saved->path = insideProject(saved->path);
            sink(std::move(event));
        });
    }

private:
    /// Relative, so that the project can be moved.
    [[nodiscard]] std::string insideProject(const std::filesystem::path& path) const {
        return path.is_absolute() ? path.lexically_relative(m_projectFolder).string()
                                  : path.string();
    }

    std::unique_ptr<TrainingEngine> m_engine;
    RunRecorder& m_recorder;
    std::filesystem::path m_projectFolder;
};

RunId findOrCreate(Project& project, const RunRequest& request) {
    if (!request.resume)
        return project.createRun(request.config);
    const std::optional<RunRecord> run = project.store().run(*request.resume);
    if (!run)
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} has no run {}", project.folder().string(), *request.resume));
    if (run->state == RunState::Finished)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("run {} (\"{}\") is finished after {} steps; start a new run",
                                run->id, run->name, run->stepsDone));
    return run->id;
}

} // namespace

ActiveRun::ActiveRun(Project& project, const RunRequest& request)
    : m_id(findOrCreate(project, request)), m_setup(project.setup(m_id, request.folders)),
      m_lock(RunLock::tryTake(m_setup.runFolder)) {
    if (!m_lock)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("run {} of {} is being trained by another process; follow it or "
                                "stop it there",
                                m_id, project.folder().string()));
    m_recorder = std::make_unique<RunRecorder>(project.folder(), m_id, request.onTrouble);
    std::vector<TrainingListener*> listeners{m_recorder.get()};
    listeners.insert(listeners.end(), request.listeners.begin(), request.listeners.end());
    auto factory = [maker = request.engine, setup = m_setup, recorder = m_recorder.get(),
                    folder = project.folder()]() -> std::unique_ptr<TrainingEngine> {
        return std::make_unique<RecordedEngine>(maker(setup), *recorder, folder);
    };
    m_session = std::make_unique<TrainingSession>(std::move(factory), std::move(listeners));
    m_session->setIntervals(m_setup.config.saveSteps, m_setup.config.eval.evalSteps);
}

ActiveRun::~ActiveRun() = default;

} // namespace viva
