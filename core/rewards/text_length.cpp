// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/text_length.h"

#include "core/base/error.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

namespace viva {

std::string_view toString(LengthUnit unit) noexcept {
    switch (unit) {
    case LengthUnit::Words:
        return "words";
    case LengthUnit::Characters:
        return "characters";
    case LengthUnit::Tokens:
        return "tokens";
    }
    return "words";
}

LengthUnit parseLengthUnit(std::string_view name) {
    for (const LengthUnit unit : {LengthUnit::Words, LengthUnit::Characters, LengthUnit::Tokens})
        if (toString(unit) == name)
            return unit;
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("unit \"{}\" is not known; known are words, characters, tokens", name));
}

std::int64_t textLength(std::string_view text, LengthUnit unit, const TokenCounter& countTokens) {
    switch (unit) {
    case LengthUnit::Words:
        return static_cast<std::int64_t>(splitWhitespace(text).size());
    case LengthUnit::Characters: {
        std::int64_t count = 0;
        forEachCodePoint(text, [&count](char32_t, std::string_view) { ++count; });
        return count;
    }
    case LengthUnit::Tokens:
        break;
    }
    if (!countTokens)
        throw Error(
            ErrorCode::InvalidArgument,
            "the length in tokens needs a tokenizer and none is open; name a tokenizer.json "
            "or count words or characters");
    return countTokens(text);
}

} // namespace viva
