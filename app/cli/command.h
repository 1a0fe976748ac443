// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace viva {

class Interrupt;

/// What the program says to whoever called it.
namespace exit_code {
inline constexpr int kOk = 0;
inline constexpr int kFailed = 1; ///< it could not be done, or a comparison did not hold
inline constexpr int kWrongUse =
    2; ///< unknown option, missing file, a configuration that cannot run
inline constexpr int kStopped = 3;  ///< the run stopped by itself before its end; it can be resumed
inline constexpr int kSignal = 128; ///< plus the signal: 130 after Ctrl-C, the run is kept
} // namespace exit_code

/// One command of `viva`; a file each.
class Command {
public:
    virtual ~Command() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string help() const = 0; ///< one line
    virtual void declare(CLI::App& app) = 0;            ///< its options, filled when parsed
    /// The exit code. @throws Error, which main turns into a sentence and kFailed or kWrongUse.
    virtual int run(Interrupt& interrupt) = 0;
};

/// All commands, in the order of the help.
[[nodiscard]] std::vector<std::unique_ptr<Command>> makeCommands();

} // namespace viva
