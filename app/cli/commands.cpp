// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"

namespace viva {

#define VIVA_COMMAND(make, sources) std::unique_ptr<Command> make();
#include "app/cli/commands.def"
#undef VIVA_COMMAND

std::vector<std::unique_ptr<Command>> makeCommands() {
    std::vector<std::unique_ptr<Command>> out;
#define VIVA_COMMAND(make, sources) out.push_back(make());
#include "app/cli/commands.def"
#undef VIVA_COMMAND
    return out;
}

} // namespace viva
