// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace viva {

// Character classes by Unicode property.

/// White_Space: what regular expressions mean by \s (U+0085 and U+00A0 are in, U+001C..001F not).
[[nodiscard]] bool isWhiteSpace(char32_t c) noexcept;
/// What Python's str.split() and strip() cut at: White_Space and U+001C..001F.
[[nodiscard]] bool isPythonSpace(char32_t c) noexcept;
[[nodiscard]] bool isLetter(char32_t c) noexcept;         ///< L*
[[nodiscard]] bool isUpperCase(char32_t c) noexcept;      ///< the property Uppercase
[[nodiscard]] bool isLowerCase(char32_t c) noexcept;      ///< the property Lowercase
[[nodiscard]] bool isNumber(char32_t c) noexcept;         ///< Nd, Nl, No
[[nodiscard]] bool isDecimalNumber(char32_t c) noexcept;  ///< Nd
[[nodiscard]] bool isPunctuation(char32_t c) noexcept;    ///< P*
[[nodiscard]] bool isSymbol(char32_t c) noexcept;         ///< S*
[[nodiscard]] bool isNonSpacingMark(char32_t c) noexcept; ///< Mn
[[nodiscard]] bool isOther(char32_t c) noexcept;          ///< Cc, Cf, Co
/// What regular expressions mean by \w: alphabetic, marks, decimal digits, connectors, joiners.
[[nodiscard]] bool isWordCharacter(char32_t c) noexcept;

/// Full Unicode lower-casing with context (a final capital sigma gives a final sigma).
[[nodiscard]] std::string lowerCase(std::string_view text);
/// Each character on its own: no final sigma.
[[nodiscard]] std::string lowerCaseEach(std::string_view text);

enum class NormalForm { Nfc, Nfd, Nfkc, Nfkd };
[[nodiscard]] std::string normalizeText(std::string_view text, NormalForm form);

/// Views into `text` without the white space Python's rstrip() and strip() remove.
[[nodiscard]] std::string_view stripRight(std::string_view text);
[[nodiscard]] std::string_view strip(std::string_view text);
/// Python's str.split(): views into `text`, no empty ones.
[[nodiscard]] std::vector<std::string_view> splitWhitespace(std::string_view text);

} // namespace viva
