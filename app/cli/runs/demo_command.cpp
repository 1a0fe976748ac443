// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/demo_command.h"

#include "app/cli/choice_option.h"
#include "app/cli/interrupt.h"
#include "app/cli/runs/demo_comparison.h"
#include "app/cli/runs/evaluation_change.h"
#include "app/cli/runs/run_console.h"
#include "core/base/program_folders.h"
#include "core/engine/speech_engine.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>

namespace viva {
namespace {

/// The run of this name and configuration that a project holds already, newest first.
std::optional<RunRecord> recordOf(Project& project, const TrainConfig& config) {
    for (const RunRecord& run : project.store().runs()) {
        if (run.name != config.name)
            continue;
        const auto json = nlohmann::json::parse(run.configJson, nullptr, false);
        if (json == toJson(config) && (run.state == RunState::Finished || run.resumable()))
            return run;
    }
    return std::nullopt;
}

std::optional<ComparisonResult> resultOf(Project& project, RunId id, const ComparisonRun& run) {
    const auto evaluations = project.store().evaluations(id);
    if (evaluations.size() < 2)
        return std::nullopt;
    return ComparisonResult{run.method, run.seed, evaluations.front().rows,
                            evaluations.back().rows};
}

/// What a run came to, on the console.
void tell(const ComparisonResult& result, ConsoleStyle style) {
    if (style == ConsoleStyle::Json) {
        const nlohmann::ordered_json line{{"event", "compared"},
                                          {"method", result.method},
                                          {"seed", result.seed},
                                          {"table", comparisonJson({result})}};
        fmt::print("{}\n", line.dump());
    } else if (style != ConsoleStyle::Quiet) {
        fmt::print(stderr, "{}, seed {} is done\n", result.method, result.seed);
    }
}

} // namespace

void DemoCommand::declare(CLI::App& app) {
    app.add_option("--project", m_project, "project folder NAME.viva; made where there is none");
    app.add_option("--seed", m_seed, "seed of data order, sampling and adapter");
    app.add_option("--steps", m_steps, "how many updates (120)")->check(CLI::Range(1, 1000000));
    app.add_option("--threads", m_threads, "workers; 0 takes the cores")
        ->check(CLI::Range(0, 1024));
    addChoice(app, "--device", m_device, "auto, cpu or cuda");
    app.add_flag("--quick", m_quick, "20 updates and few clips: does everything work?");
    app.add_flag("--compare", m_compare,
                 "SFT, GRPO, MP-GRPO and RL + SFT from several seeds, in one table; goes on where "
                 "it was stopped (about 15 minutes on two cores)");
    app.add_option("--seeds", m_seeds, "how many seeds --compare takes (3)")
        ->check(CLI::Range(1, 100));
    app.add_flag("--json", m_json, "events and the table as JSON lines");
    app.add_flag("--quiet", m_quiet, "no progress, only the table");
}

TrainConfig DemoCommand::config() const {
    TrainConfig config = TrainConfig::demo();
    config.seed = m_seed;
    config.device = m_device;
    config.threads = m_threads;
    if (m_quick) {
        config.maxSteps = 20;
        config.eval.evalSteps = 0;
        config.eval.finalMaxItems = 24;
    }
    if (m_steps > 0)
        config.maxSteps = m_steps;
    config.warmupSteps = std::min(config.warmupSteps, config.maxSteps);
    config.name = fmt::format("demo, seed {}", m_seed);
    return config;
}

int DemoCommand::run(Interrupt& interrupt) {
    if (m_compare)
        return compare(interrupt);
    const TrainConfig config = this->config();
    Project project = openProject(m_project);
    RunRequest request;
    request.config = config;
    request.folders = findProgramFolders();
    request.engine = makeTrainingEngine;
    const ConsoleStyle style = consoleStyle(m_json, m_quiet);
    if (style == ConsoleStyle::Terminal || style == ConsoleStyle::Plain)
        fmt::print(
            stderr,
            "The built-in model hears clips and answers questions about them; GRPO with a BLEU "
            "reward teaches it the answers that are wanted.\n");
    const ConsoleRun result = runOnConsole(project, std::move(request), style, interrupt);
    const std::vector<EvaluationChange> changes =
        evaluationChanges(project.store().evaluations(result.id));
    if (style == ConsoleStyle::Json) {
        nlohmann::ordered_json line{{"event", "result"},
                                    {"project", project.folder().string()},
                                    {"run", result.id},
                                    {"state", toString(result.state)},
                                    {"table", toJson(changes)}};
        fmt::print("{}\n", line.dump());
    } else if (!changes.empty()) {
        fmt::print("\nHeld-out BLEU (corpus, 0 to 100)\n{}\nrun {} of {}: {}\n",
                   textTableOf(changes), result.id, project.folder().string(),
                   toString(result.state));
    }
    return result.exitCode;
}

int DemoCommand::compare(Interrupt& interrupt) {
    TrainConfig base = config();
    base.eval.evalSteps = 0; // scored before and after
    Project project = openProject(m_project);
    const ConsoleStyle style = consoleStyle(m_json, m_quiet);
    std::vector<ComparisonResult> results;
    int exitCode = exit_code::kOk;
    for (const ComparisonRun& run : comparisonRuns(base, m_seeds)) {
        const auto known = recordOf(project, run.config);
        RunId id = known ? known->id : 0;
        if (!known || known->state != RunState::Finished) {
            RunRequest request;
            request.config = run.config;
            if (known)
                request.resume = known->id;
            request.folders = findProgramFolders();
            request.engine = makeTrainingEngine;
            const ConsoleRun made = runOnConsole(project, std::move(request), style, interrupt);
            id = made.id;
            exitCode = made.exitCode;
            if (made.state != RunState::Finished)
                break;
        }
        if (auto result = resultOf(project, id, run)) {
            tell(*result, style);
            results.push_back(std::move(*result));
        }
    }
    if (style == ConsoleStyle::Json) {
        const nlohmann::ordered_json line{{"event", "result"},
                                          {"project", project.folder().string()},
                                          {"steps", base.maxSteps},
                                          {"runs", results.size()},
                                          {"table", comparisonJson(results)}};
        fmt::print("{}\n", line.dump());
    } else if (!results.empty()) {
        fmt::print(
            "\nHeld-out BLEU (corpus, 0 to 100), mean ± deviation over the seeds; {} runs of "
            "{} steps\n{}\nall of them in {}\n",
            results.size(), base.maxSteps, comparisonTable(results), project.folder().string());
    }
    return exitCode;
}

std::unique_ptr<Command> makeDemoCommand() {
    return std::make_unique<DemoCommand>();
}

} // namespace viva
