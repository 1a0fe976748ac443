// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/program_start.h"
#include "core/base/error.h"
#include "core/base/log.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <clocale>
#include <cstdlib>
#include <string_view>

namespace {

/// What a caller can mend by calling differently is wrong use; the rest failed.
int exitCodeOf(viva::ErrorCode code) {
    switch (code) {
    case viva::ErrorCode::InvalidArgument:
    case viva::ErrorCode::NotFound:
    case viva::ErrorCode::Format:
        return viva::exit_code::kWrongUse;
    default:
        return viva::exit_code::kFailed;
    }
}

/// Warnings and worse are for everybody; VIVA_LOG=info or debug shows the rest.
void showLog() {
    const char* wish = std::getenv("VIVA_LOG");
    const std::string_view level = wish ? wish : "";
    viva::LogLevel least = viva::LogLevel::Warning;
    if (level == "info")
        least = viva::LogLevel::Info;
    else if (level == "debug")
        least = viva::LogLevel::Debug;
    viva::setLogSink([least](viva::LogLevel at, std::string_view category, std::string_view text) {
        if (at >= least)
            fmt::print(stderr, "viva: {}: {}\n", category, text);
    });
}

int runChosen(const CLI::App& app, const std::vector<std::unique_ptr<viva::Command>>& commands) {
    viva::Interrupt interrupt;
    for (const auto& command : commands)
        if (app.got_subcommand(command->name()))
            return command->run(interrupt);
    return viva::exit_code::kWrongUse;
}

/// CLI11 would say only that a command is missing; a first word that is none deserves its name.
bool saysUnknownCommand(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-')
        return false;
    std::string known;
    for (const CLI::App* command : app.get_subcommands(nullptr)) {
        if (command->get_name() == argv[1])
            return false;
        known += (known.empty() ? "" : ", ") + command->get_name();
    }
    fmt::print(stderr, "viva: there is no command \"{}\"; it may be one of: {}\n", argv[1], known);
    return true;
}

} // namespace

int main(int argc, char** argv) {
    viva::settleThreadPolicy(argv);
    std::setlocale(LC_NUMERIC, "C");
    showLog();
    CLI::App app{"Viva Voce: teach speech-aware language models by reinforcement", "viva"};
    app.set_version_flag("--version", VIVA_VERSION);
    app.require_subcommand(1);
    app.footer(
        "Exit codes: 0 done, 1 failed or a comparison does not hold, 2 wrong use, 3 the run "
        "stopped before its end,\n130 after Ctrl-C (the run is kept; a second Ctrl-C ends at "
        "once).");
    const auto commands = viva::makeCommands();
    for (const auto& command : commands)
        command->declare(*app.add_subcommand(command->name(), command->help()));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (saysUnknownCommand(app, argc, argv))
            return viva::exit_code::kWrongUse;
        if (argc == 1) {
            fmt::print(stderr, "{}", app.help());
            return viva::exit_code::kWrongUse;
        }
        return app.exit(error) == 0 ? viva::exit_code::kOk : viva::exit_code::kWrongUse;
    }
    try {
        return runChosen(app, commands);
    } catch (const viva::Error& error) {
        fmt::print(stderr, "viva: {}\n", error.info().text());
        return exitCodeOf(error.code());
    } catch (...) {
        fmt::print(stderr, "viva: {}\n", viva::currentErrorInfo().text());
        return viva::exit_code::kFailed;
    }
}
