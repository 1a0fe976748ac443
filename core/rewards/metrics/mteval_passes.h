// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace viva {

// The passes of the mteval-v13a script that BLEU's 13a and Tercom's normalisation share. Each looks
// at two neighbouring bytes at most; bytes beyond ASCII are neither digits nor marks, so that
// working on bytes equals working on characters. @source sacreBLEU 2.6.0,
// tokenizers/tokenizer_re.py

/// Replaces every `from` in place.
void replaceAll(std::string& text, std::string_view from, std::string_view to);
/// The four XML escapes, in the script's order.
void unescapeXml(std::string& text);
/// A space at each end, and around every ASCII mark but apostrophe, comma, dash and point.
[[nodiscard]] std::string separateMarks(std::string_view text);
/// Spaces around points and commas that do not stand between digits, and around dashes after one.
void separatePointsAndDashes(std::string& text);

/// All of it for a line without escapes, dashes at line ends and doubled points: tokens that point
/// into `line`. False, and `tokens` is unspecified, where the line needs the passes one by one.
[[nodiscard]] bool tokenizeSimpleLine(std::string_view line, std::vector<std::string_view>& tokens);

} // namespace viva
