// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/demo_command.h"

#include "app/cli/evaluation_change.h"
#include "app/cli/run_console.h"
#include "core/session/resources.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {

void DemoCommand::declare(CLI::App& app) {
    app.add_option("--project", m_project, "project folder NAME.viva; made where there is none");
    app.add_option("--seed", m_seed, "seed of data order, sampling and adapter");
    app.add_option("--steps", m_steps, "how many updates (120)")->check(CLI::Range(1, 1000000));
    app.add_option("--threads", m_threads, "workers; 0 takes the cores")
        ->check(CLI::Range(0, 1024));
    app.add_option("--device", m_device, "auto, cpu or cuda")
        ->check(CLI::IsMember({"auto", "cpu", "cuda"}));
    app.add_flag("--quick", m_quick, "20 updates and few clips: does everything work?");
    app.add_flag("--json", m_json, "events and the table as JSON lines");
    app.add_flag("--quiet", m_quiet, "no progress, only the table");
}

int DemoCommand::run(Interrupt& interrupt) {
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

} // namespace viva
