// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// How sacreBLEU cuts a text into tokens.
enum class BleuTokenize {
    Thirteen, ///< "13a", the WMT standard
    Intl,     ///< "intl", by Unicode classes
    Char,     ///< every character that is no white space
    None      ///< white space alone
};

/// "13a", "intl", "char", "none".
[[nodiscard]] std::string_view toString(BleuTokenize tokenize) noexcept;
/// @throws Error(InvalidArgument) listing the names.
[[nodiscard]] BleuTokenize parseBleuTokenize(std::string_view name);

/// Right-strips `text` (unless told not to), lower-cases it where asked, tokenizes it. The result
/// points into `buffer`.
/// @source sacreBLEU 2.6.0, tokenizers/tokenizer_13a.py, tokenizer_intl.py, tokenizer_char.py
[[nodiscard]] std::vector<std::string_view> bleuTokens(std::string_view text, BleuTokenize tokenize,
                                                       bool lowercase, std::string& buffer,
                                                       bool rightStrip = true);

} // namespace viva
