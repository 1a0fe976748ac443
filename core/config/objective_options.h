// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/option_info.h"

#include <span>

namespace viva {

/// The options of ObjectiveSpec, a part of trainOptions().
[[nodiscard]] std::span<const OptionInfo> objectiveOptions();

} // namespace viva
