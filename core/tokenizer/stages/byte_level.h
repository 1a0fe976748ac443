// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/tokenizer/stages/pre_tokenizer.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace viva {

class JsonReader;

/// GPT-2's table of bytes as printable characters: each of the 256 bytes has a code point.
[[nodiscard]] char32_t byteToCharacter(std::uint8_t byte) noexcept;
/// The byte a character stands for; nullopt outside the table.
[[nodiscard]] std::optional<std::uint8_t> characterToByte(char32_t character) noexcept;

/// Any bytes as characters of the table, in UTF-8.
[[nodiscard]] std::string bytesToCharacters(std::string_view bytes);
/// Appends the bytes of `token`, or `token` itself when a character is outside the table.
void appendTokenBytes(std::string& bytes, std::string_view token);

/// The expression by which GPT-2 cuts words. @source GPT-2, encoder.py
[[nodiscard]] std::string_view gpt2Expression() noexcept;

/// ByteLevel of a tokenizer.json: add_prefix_space, use_regex.
[[nodiscard]] std::unique_ptr<PreTokenizer> makeByteLevelPreTokenizer(JsonReader& reader);
[[nodiscard]] std::unique_ptr<PreTokenizer> makeByteLevelPreTokenizer(bool addPrefixSpace,
                                                                      bool useExpression);

} // namespace viva
