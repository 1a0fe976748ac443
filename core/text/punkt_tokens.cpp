// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/punkt_tokens.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <algorithm>

namespace viva {
namespace {

using View = std::u32string_view;

/// The length of a run of dashes or points, or of points with single spaces between them.
std::size_t multiMark(View line, std::size_t at) {
    const char32_t c = line[at];
    if (c != U'-' && c != U'.')
        return 0;
    std::size_t end = at;
    while (end < line.size() && line[end] == c)
        ++end;
    if (end - at >= 2)
        return end - at;
    if (c == U'-')
        return 0;
    std::size_t pairs = 0;
    end = at;
    while (end + 1 < line.size() && line[end] == U'.' && isWhiteSpace(line[end + 1])) {
        end += 2;
        ++pairs;
    }
    // a point has to follow the last space
    if (pairs >= 2 && end < line.size() && line[end] == U'.')
        return end + 1 - at;
    return pairs >= 3 ? end - 1 - at : 0;
}

bool endsWord(View line, std::size_t at, bool afterComma = false) {
    if (at >= line.size() || isWhiteSpace(line[at]) || isPunktNonWord(line[at]) ||
        multiMark(line, at) > 0)
        return true;
    return !afterComma && line[at] == U',' && endsWord(line, at + 1, true);
}

bool startsWord(char32_t c) {
    return View(U"(\"`{[:;&#*@)}]-,").find(c) == View::npos;
}

std::size_t tokenAt(View line, std::size_t at) {
    if (const std::size_t marks = multiMark(line, at); marks > 0)
        return marks;
    if (!startsWord(line[at]))
        return 1;
    std::size_t end = at + 1;
    while (!endsWord(line, end))
        ++end;
    return end - at;
}

bool isDigit(char32_t c) {
    return isDecimalNumber(c);
}

/// An optional sign, an optional point or comma, a digit, then digits, points, commas, dashes.
bool isNumeric(View word) {
    std::size_t at = 0;
    if (at < word.size() && word[at] == U'-')
        ++at;
    if (at < word.size() && (word[at] == U'.' || word[at] == U','))
        ++at;
    if (at >= word.size() || !isDigit(word[at]))
        return false;
    return std::all_of(word.begin() + static_cast<std::ptrdiff_t>(at), word.end(), [](char32_t c) {
        return isDigit(c) || c == U',' || c == U'.' || c == U'-';
    });
}

} // namespace

PunktToken::PunktToken(std::u32string_view word)
    : text(toUtf8(word)), first(word.front()), letters(word.size()) {
    type = lowerCase(text);
    if (isNumeric(toUtf32(type)))
        type = kPunktNumber;
}

bool PunktToken::isEllipsis() const {
    return text.size() >= 2 && text.find_first_not_of('.') == std::string::npos;
}

bool PunktToken::isInitial() const {
    return letters == 2 && endsWithPoint() && isWordCharacter(first) && !isDigit(first);
}

bool PunktToken::startsUpper() const {
    return isUpperCase(first);
}

bool PunktToken::startsLower() const {
    return isLowerCase(first);
}

std::string PunktToken::typeWithoutPoint() const {
    return type.size() > 1 && type.ends_with('.') ? type.substr(0, type.size() - 1) : type;
}

bool isPunktNonWord(char32_t c) noexcept {
    return View(U")\";}]*:@'({[‘’“”«»?!").find(c) != View::npos;
}

std::vector<PunktToken> punktTokens(std::u32string_view text) {
    std::vector<PunktToken> out;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(U'\n', begin), text.size());
        const View line = text.substr(begin, end - begin);
        begin = end + 1;
        if (std::all_of(line.begin(), line.end(), isPythonSpace))
            continue;
        for (std::size_t at = 0; at < line.size();) {
            if (isWhiteSpace(line[at])) {
                ++at;
                continue;
            }
            const std::size_t length = tokenAt(line, at);
            out.emplace_back(line.substr(at, length));
            at += length;
        }
    }
    return out;
}

} // namespace viva
