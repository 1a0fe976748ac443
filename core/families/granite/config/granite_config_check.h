// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/config/granite_config.h"

#include <string>

namespace viva {

/// Checks sizes, divisibility and ranges of a whole model configuration.
/// @param origin file name for the messages
/// @throws Error(InvalidArgument) with one sentence naming file, key, value and what is allowed.
void requireValidGraniteConfig(const GraniteConfig& config, const std::string& origin);

} // namespace viva
