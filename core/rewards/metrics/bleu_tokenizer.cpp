// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/bleu_tokenizer.h"

#include "core/base/error.h"
#include "core/rewards/metrics/mteval_passes.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

namespace viva {
namespace {

std::string tokenize13a(std::string text) {
    replaceAll(text, "<skipped>", "");
    replaceAll(text, "-\n", "");
    replaceAll(text, "\n", " ");
    unescapeXml(text);
    text = separateMarks(text);
    separatePointsAndDashes(text);
    return text;
}

template<typename First, typename Second>
std::u32string intlPass(const std::u32string& text, First first, Second second, bool before) {
    std::u32string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i + 1 >= text.size() || !first(text[i]) || !second(text[i + 1])) {
            out.push_back(text[i]);
            continue;
        }
        if (before)
            out.push_back(U' ');
        out.push_back(text[i]);
        out.push_back(U' ');
        out.push_back(text[++i]);
        if (!before)
            out.push_back(U' ');
    }
    return out;
}

std::string tokenizeIntl(std::string_view text) {
    const auto notNumber = [](char32_t c) { return !isNumber(c); };
    std::u32string points = toUtf32(text);
    points = intlPass(points, notNumber, isPunctuation, false);
    points = intlPass(points, isPunctuation, notNumber, true);
    std::string out;
    for (const char32_t c : points) {
        const bool symbol = isSymbol(c);
        if (symbol)
            out.push_back(' ');
        appendUtf8(out, c);
        if (symbol)
            out.push_back(' ');
    }
    return out;
}

std::vector<std::string_view> splitCharacters(std::string_view text) {
    std::vector<std::string_view> tokens;
    forEachCodePoint(text, [&tokens](char32_t c, std::string_view bytes) {
        if (!isPythonSpace(c))
            tokens.push_back(bytes);
    });
    return tokens;
}

} // namespace

std::string_view toString(BleuTokenize tokenize) noexcept {
    switch (tokenize) {
    case BleuTokenize::Thirteen:
        return "13a";
    case BleuTokenize::Intl:
        return "intl";
    case BleuTokenize::Char:
        return "char";
    case BleuTokenize::None:
        return "none";
    }
    return "13a";
}

BleuTokenize parseBleuTokenize(std::string_view name) {
    for (const BleuTokenize tokenize :
         {BleuTokenize::Thirteen, BleuTokenize::Intl, BleuTokenize::Char, BleuTokenize::None})
        if (toString(tokenize) == name)
            return tokenize;
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("BLEU tokenizer \"{}\" is not known; known are 13a, intl, char, none", name));
}

std::vector<std::string_view> bleuTokens(std::string_view text, BleuTokenize tokenize,
                                         bool lowercase, std::string& buffer, bool rightStrip) {
    const std::string_view stripped = rightStrip ? stripRight(text) : text;
    if (lowercase) {
        // stripped first or last is the same: no letter becomes a space
        buffer = lowerCase(stripped);
    } else {
        buffer.assign(stripped);
    }
    switch (tokenize) {
    case BleuTokenize::Thirteen: {
        std::vector<std::string_view> tokens;
        tokens.reserve(buffer.size() / 3);
        if (tokenizeSimpleLine(buffer, tokens))
            return tokens;
        buffer = tokenize13a(std::move(buffer));
        break;
    }
    case BleuTokenize::Intl:
        buffer = tokenizeIntl(buffer);
        break;
    case BleuTokenize::Char:
        return splitCharacters(buffer);
    case BleuTokenize::None:
        break;
    }
    return splitWhitespace(buffer);
}

} // namespace viva
