// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace viva {

/// Replaces every {key} of `pattern` by its value. `origin` names the template for messages.
/// @throws Error(Format) for an unknown key or a brace without its partner.
[[nodiscard]] std::string fillTemplate(std::string_view pattern,
                                       const std::map<std::string, std::string>& values,
                                       std::string_view origin);

/// Makes the first letter a capital. Knows a-z, ä, ö, ü.
[[nodiscard]] std::string capitalised(std::string text);

} // namespace viva
