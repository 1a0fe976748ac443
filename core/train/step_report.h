// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/group/group.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace viva {

/// Curves of a step by TRL's names.
using Metrics = std::vector<std::pair<std::string, double>>;

/// What a finished step has to say.
struct StepReport {
    Metrics metrics;
    std::vector<Group> groups;
    std::int64_t tokens = 0;  ///< of completions
    std::int64_t samples = 0; ///< completions
};

} // namespace viva
