// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/runs/run_console.h"

#include "app/cli/command.h"
#include "app/cli/interrupt.h"

#include <fmt/format.h>

#include <csignal>
#include <optional>

namespace viva {
namespace {

int exitCodeOf(RunState state, const Interrupt& interrupt) {
    if (state == RunState::Finished)
        return exit_code::kOk;
    if (state == RunState::Failed)
        return exit_code::kFailed;
    return interrupt.exitCode() != 0 ? interrupt.exitCode() : exit_code::kStopped;
}

} // namespace

Project openProject(const std::string& folder) {
    return Project::open(folder.empty() ? defaultProjectFolder() : std::filesystem::path(folder));
}

ConsoleRun runOnConsole(Project& project, RunRequest request, ConsoleStyle style,
                        Interrupt& interrupt) {
    // A reader that goes away must not end the training.
    std::signal(SIGPIPE, SIG_IGN);
    ConsoleListener console(style);
    request.listeners.push_back(&console);
    request.onTrouble = [](const ErrorInfo& error) {
        fmt::print(stderr, "viva: recording is held up: {}\n", error.text());
    };
    const Interrupt::Grace grace(interrupt);
    ConsoleRun result;
    {
        ActiveRun run(project, request);
        result.id = run.id();
        const std::stop_callback onInterrupt(interrupt.token(), [&run] { run.session().stop(); });
        run.session().start();
        if (console.waitForEndOrPause() == RunState::Paused)
            run.session().stop();
        run.session().wait();
        result.state = run.session().state();
    }
    result.exitCode = exitCodeOf(result.state, interrupt);
    return result;
}

} // namespace viva
