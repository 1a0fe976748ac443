// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choice.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace viva {

/// An option of a command that takes one of the names of a choice.
template<typename Enum>
CLI::Option* addChoice(CLI::App& app, const std::string& flag, Enum& value,
                       const std::string& help) {
    const auto names = choiceNames<Enum>();
    return app
        .add_option_function<std::string>(
            flag,
            [flag, &value](const std::string& name) { value = choiceFromName<Enum>(flag, name); },
            help)
        ->check(CLI::IsMember(std::vector<std::string>(names.begin(), names.end())));
}

} // namespace viva
