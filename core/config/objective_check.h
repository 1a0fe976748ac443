// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <vector>

namespace viva {

/// What is wrong with the combination of an objective's options; ranges of single numbers are
/// checked elsewhere. Empty when it may start.
[[nodiscard]] std::vector<ConfigProblem> checkObjective(const TrainConfig& config);

} // namespace viva
