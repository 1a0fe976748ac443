// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>

namespace viva {

/// The words of a sentence for comparing it with others: ASCII letters in lower case, everything of
/// ASCII that is no letter or digit as one gap, the rest as it is.
[[nodiscard]] std::string plainWords(std::string_view text);

} // namespace viva
