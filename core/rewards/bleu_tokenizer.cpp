// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/bleu_tokenizer.h"

#include "core/base/error.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

namespace viva {
namespace {

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    std::size_t at = text.find(from);
    if (at == std::string::npos)
        return;
    std::string out;
    out.reserve(text.size());
    std::size_t done = 0;
    for (; at != std::string::npos; at = text.find(from, done)) {
        out.append(text, done, at - done).append(to);
        done = at + from.size();
    }
    text = std::move(out.append(text, done));
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isPointOrComma(char c) {
    return c == '.' || c == ',';
}

/// ASCII marks that 13a always sets apart: all but apostrophe, comma, dash and point.
bool isSeparated(char c) {
    return (c >= 0x20 && c <= 0x26) || (c >= 0x28 && c <= 0x2B) || c == 0x2F ||
           (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
}

void unescapeAndUnwrap(std::string& text) {
    replaceAll(text, "<skipped>", "");
    replaceAll(text, "-\n", "");
    replaceAll(text, "\n", " ");
    if (text.find('&') == std::string::npos)
        return;
    replaceAll(text, "&quot;", "\"");
    replaceAll(text, "&amp;", "&");
    replaceAll(text, "&lt;", "<");
    replaceAll(text, "&gt;", ">");
}

// The four passes of 13a. Each looks at two neighbouring bytes at most; bytes beyond ASCII are
// neither digits nor marks, so that working on bytes equals working on characters.

std::string separateMarks(std::string_view text) {
    std::string out;
    out.reserve(text.size() * 2 + 2);
    out.push_back(' ');
    for (const char c : text) {
        if (isSeparated(c)) {
            out.push_back(' ');
            out.push_back(c);
            out.push_back(' ');
        } else {
            out.push_back(c);
        }
    }
    out.push_back(' ');
    return out;
}

template<typename First, typename Second>
void pairPass(std::string& text, std::string& out, First first, Second second, bool before,
              bool between, bool after) {
    out.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i + 1 >= text.size() || !first(text[i]) || !second(text[i + 1])) {
            out.push_back(text[i]);
            continue;
        }
        if (before)
            out.push_back(' ');
        out.push_back(text[i]);
        if (between)
            out.push_back(' ');
        out.push_back(text[++i]);
        if (after)
            out.push_back(' ');
    }
    text.swap(out);
}

std::string tokenize13a(std::string text) {
    unescapeAndUnwrap(text);
    text = separateMarks(text);
    const auto notDigit = [](char c) { return !isDigit(c); };
    const auto isDash = [](char c) { return c == '-'; };
    std::string other;
    other.reserve(text.size() * 2);
    if (text.find_first_of(".,") != std::string::npos) {
        pairPass(text, other, notDigit, isPointOrComma, false, true, true);
        pairPass(text, other, isPointOrComma, notDigit, true, true, false);
    }
    if (text.find('-') != std::string::npos)
        pairPass(text, other, isDigit, isDash, false, true, true);
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
    std::string line = lowercase ? lowerCase(text) : std::string(text);
    if (rightStrip)
        line.resize(stripRight(line).size());
    switch (tokenize) {
    case BleuTokenize::Thirteen:
        buffer = tokenize13a(std::move(line));
        break;
    case BleuTokenize::Intl:
        buffer = tokenizeIntl(line);
        break;
    case BleuTokenize::Char:
        buffer = std::move(line);
        return splitCharacters(buffer);
    case BleuTokenize::None:
        buffer = std::move(line);
        break;
    }
    return splitWhitespace(buffer);
}

} // namespace viva
