// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace viva {

enum class LengthUnit { Words, Characters, Tokens };

/// "words", "characters", "tokens".
[[nodiscard]] std::string_view toString(LengthUnit unit) noexcept;
/// @throws Error(InvalidArgument) listing the names.
[[nodiscard]] LengthUnit parseLengthUnit(std::string_view name);

/// Tokens of a text under the model's tokenizer; thread-safe.
using TokenCounter = std::function<std::int64_t(std::string_view)>;

/// Words cut at white space, characters (code points), or tokens.
/// @throws Error(InvalidArgument) for tokens without a counter.
[[nodiscard]] std::int64_t textLength(std::string_view text, LengthUnit unit,
                                      const TokenCounter& countTokens = {});

} // namespace viva
