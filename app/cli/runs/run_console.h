// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/cli/runs/console_listener.h"
#include "core/run/active_run.h"

#include <string>

namespace viva {

class Interrupt;

/// What became of a run that was made on the console.
struct ConsoleRun {
    RunId id = 0;
    RunState state = RunState::Failed;
    int exitCode = 0;
};

/// The project of this folder, or the default one for empty text.
[[nodiscard]] Project openProject(const std::string& folder);

/// Makes a run from begin to end with progress on the console. Ctrl-C stops it and keeps the work;
/// a run that pauses itself (nothing fits into memory) is stopped, as nobody is there to go on.
[[nodiscard]] ConsoleRun runOnConsole(Project& project, RunRequest request, ConsoleStyle style,
                                      Interrupt& interrupt);

} // namespace viva
