// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace viva {

/// Rows of text in columns as wide as they need to be; the first row is the heading and is
/// underlined. Columns whose every cell below the heading is a number stand to the right.
[[nodiscard]] std::string textTable(const std::vector<std::vector<std::string>>& rows);

/// Columns that a text takes on a terminal (one a code point).
[[nodiscard]] std::size_t displayWidth(const std::string& text);

} // namespace viva
