// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/train_command.h"

#include "app/cli/runs/run_console.h"
#include "core/base/log.h"
#include "core/base/program_folders.h"
#include "core/engine/speech_engine.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>

namespace viva {
namespace {

RunId numberOf(const std::string& text) {
    RunId id = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (failure != std::errc() || end != text.data() + text.size())
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("--resume {}: a run is named by its number, such as --resume 3", text));
    return id;
}

RunId runToResume(Project& project, const std::string& wish) {
    if (!wish.empty())
        return numberOf(wish);
    if (const auto run = project.resumableRun())
        return run->id;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} has no run to go on with; start one without --resume",
                            project.folder().string()));
}

void tellResult(Project& project, const ConsoleRun& result, ConsoleStyle style) {
    const RunRecord run = project.store().run(result.id).value();
    if (style == ConsoleStyle::Json) {
        const nlohmann::ordered_json line{{"event", "result"},
                                          {"project", project.folder().string()},
                                          {"run", run.id},
                                          {"name", run.name},
                                          {"state", toString(run.state)},
                                          {"steps_done", run.stepsDone},
                                          {"total_steps", run.totalSteps},
                                          {"train_sec", run.trainSec}};
        fmt::print("{}\n", line.dump());
        return;
    }
    fmt::print("run {} \"{}\" of {}: {} after {} of {} steps\n", run.id, run.name,
               project.folder().string(), toString(run.state), run.stepsDone, run.totalSteps);
    // What failed before its first step would fail again.
    if (run.resumable() && (run.state != RunState::Failed || run.stepsDone > 0))
        fmt::print("go on with: viva train --project {} --resume {}\n", project.folder().string(),
                   run.id);
}

} // namespace

void TrainCommand::declare(CLI::App& app) {
    m_options.declare(app);
    app.add_option("--project", m_project, "project folder NAME.viva; made where there is none");
    app.add_option("--resume", m_resume, "go on with this run, or with the newest that can")
        ->expected(0, 1)
        ->type_name("[RUN]");
    app.add_flag("--json", m_json, "events as JSON lines on standard output");
    app.add_flag("--quiet", m_quiet, "no progress");
    app.add_flag("--print-config", m_printConfig, "print the configuration as JSON and do nothing");
    app.add_flag("--options", m_listOptions, "list every option and do nothing");
    app.add_flag("--list-presets", m_listPresets, "list the presets and do nothing");
    app.parse_complete_callback([this, &app] { m_resumeAsked = app.count("--resume") > 0; });
}

int TrainCommand::run(Interrupt& interrupt) {
    if (m_listPresets) {
        fmt::print("{}", presetTable());
        return exit_code::kOk;
    }
    if (m_listOptions) {
        fmt::print("{}", optionTable());
        return exit_code::kOk;
    }
    if (m_resumeAsked && m_options.any())
        throw Error(ErrorCode::InvalidArgument,
                    "a run is gone on with as it was begun: leave out everything but --project, "
                    "--resume and how it is told");
    RunRequest request;
    if (!m_resumeAsked) {
        request.config = m_options.config();
        if (m_printConfig) {
            fmt::print("{}\n", toJson(request.config).dump(2));
            return exit_code::kOk;
        }
        requireValid(request.config);
        requireRewards(request.config);
        for (const ConfigProblem& problem : validate(request.config))
            log(LogLevel::Warning, "config", problem.message);
    }
    request.folders = findProgramFolders();
    request.engine = makeTrainingEngine;
    Project project = openProject(m_project);
    if (m_resumeAsked)
        request.resume = runToResume(project, m_resume);
    const ConsoleStyle style = consoleStyle(m_json, m_quiet);
    const ConsoleRun result = runOnConsole(project, std::move(request), style, interrupt);
    tellResult(project, result, style);
    return result.exitCode;
}

std::unique_ptr<Command> makeTrainCommand() {
    return std::make_unique<TrainCommand>();
}

} // namespace viva
