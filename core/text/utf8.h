// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace viva {

/// One code point of a UTF-8 text, or one ill-formed part of it.
struct CodePoint {
    char32_t value = 0;     ///< U+FFFD where the bytes are ill-formed
    std::size_t length = 0; ///< bytes it takes, at least 1
    bool valid = true;
};

/// The code point that begins at byte `at` (at < text.size()). Ill-formed bytes give U+FFFD and the
/// length of the maximal ill-formed part. @source Unicode 15, 3.9, "U+FFFD Substitution of Maximal
/// Subparts"
[[nodiscard]] CodePoint decodeUtf8(std::string_view text, std::size_t at) noexcept;

/// Appends one code point as UTF-8.
void appendUtf8(std::string& out, char32_t codePoint);

[[nodiscard]] bool isAscii(std::string_view text) noexcept;
[[nodiscard]] bool isValidUtf8(std::string_view text) noexcept;

/// The text with each maximal ill-formed part replaced by one U+FFFD.
[[nodiscard]] std::string repairUtf8(std::string_view text);

/// Ill-formed parts become U+FFFD.
[[nodiscard]] std::u32string toUtf32(std::string_view text);
[[nodiscard]] std::string toUtf8(std::u32string_view text);

/// Calls fn(char32_t value, std::string_view bytes) for each code point from left to right.
template<typename Function>
void forEachCodePoint(std::string_view text, Function&& fn) {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decodeUtf8(text, at);
        fn(point.value, text.substr(at, point.length));
        at += point.length;
    }
}

/// Stops the rules of a hostile tokenizer.json from growing a text without end.
/// @throws Error(Format) above 64 MiB.
void requireReasonableSize(std::size_t bytes);

} // namespace viva
