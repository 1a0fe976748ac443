// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace viva {

/// Whether a weight's name in the checkpoint fits a pattern: "*" stands for any characters, "?" for
/// one; a pattern without either also means everything below it ("projector" is "projector.*").
[[nodiscard]] bool fitsPattern(std::string_view name, std::string_view pattern);

} // namespace viva
