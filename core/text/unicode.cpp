// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/unicode.h"

#include "core/base/error.h"
#include "core/text/utf8.h"

#include <unicode/locid.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cstdint>

namespace viva {
namespace {

std::uint32_t maskOf(char32_t c) noexcept {
    return U_GET_GC_MASK(static_cast<UChar32>(c));
}

icu::UnicodeString toIcu(std::string_view text) {
    return icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

std::string fromIcu(const icu::UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

const icu::Normalizer2& normalizerOf(NormalForm form) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* found = nullptr;
    switch (form) {
    case NormalForm::Nfc:
        found = icu::Normalizer2::getNFCInstance(status);
        break;
    case NormalForm::Nfd:
        found = icu::Normalizer2::getNFDInstance(status);
        break;
    case NormalForm::Nfkc:
        found = icu::Normalizer2::getNFKCInstance(status);
        break;
    case NormalForm::Nfkd:
        found = icu::Normalizer2::getNFKDInstance(status);
        break;
    }
    if (U_FAILURE(status) || found == nullptr)
        throw Error(ErrorCode::Internal,
                    std::string("normalizeText: ICU has no normalisation data: ") +
                        u_errorName(status) + "; reinstall libicu");
    return *found;
}

std::string lowerAscii(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z')
            c = static_cast<char>(c + ('a' - 'A'));
    return out;
}

} // namespace

bool isWhiteSpace(char32_t c) noexcept {
    if (c < 0x80)
        return c == ' ' || (c >= 0x09 && c <= 0x0D);
    return u_isUWhiteSpace(static_cast<UChar32>(c)) != 0;
}

bool isPythonSpace(char32_t c) noexcept {
    return (c >= 0x1C && c <= 0x1F) || isWhiteSpace(c);
}

bool isNumber(char32_t c) noexcept {
    if (c < 0x80)
        return c >= '0' && c <= '9';
    return (maskOf(c) & U_GC_N_MASK) != 0;
}

bool isLetter(char32_t c) noexcept {
    if (c < 0x80)
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return (maskOf(c) & U_GC_L_MASK) != 0;
}

bool isUpperCase(char32_t c) noexcept {
    return u_isUUppercase(static_cast<UChar32>(c)) != 0;
}

bool isLowerCase(char32_t c) noexcept {
    return u_isULowercase(static_cast<UChar32>(c)) != 0;
}

bool isDecimalNumber(char32_t c) noexcept {
    return (maskOf(c) & U_GC_ND_MASK) != 0;
}

bool isPunctuation(char32_t c) noexcept {
    return (maskOf(c) & U_GC_P_MASK) != 0;
}

bool isSymbol(char32_t c) noexcept {
    return (maskOf(c) & U_GC_S_MASK) != 0;
}

bool isNonSpacingMark(char32_t c) noexcept {
    return (maskOf(c) & U_GC_MN_MASK) != 0;
}

bool isOther(char32_t c) noexcept {
    return (maskOf(c) & (U_GC_CC_MASK | U_GC_CF_MASK | U_GC_CO_MASK)) != 0;
}

bool isWordCharacter(char32_t c) noexcept {
    if (c < 0x80)
        return isLetter(c) || isNumber(c) || c == '_';
    if ((maskOf(c) & (U_GC_M_MASK | U_GC_ND_MASK | U_GC_PC_MASK)) != 0)
        return true;
    return u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_ALPHABETIC) != 0 ||
           u_hasBinaryProperty(static_cast<UChar32>(c), UCHAR_JOIN_CONTROL) != 0;
}

std::string lowerCase(std::string_view text) {
    if (isAscii(text))
        return lowerAscii(text);
    return fromIcu(toIcu(text).toLower(icu::Locale::getRoot()));
}

std::string lowerCaseEach(std::string_view text) {
    if (isAscii(text))
        return lowerAscii(text);
    std::string out;
    forEachCodePoint(text, [&out](char32_t, std::string_view bytes) {
        out += bytes.size() == 1 ? lowerAscii(bytes)
                                 : fromIcu(toIcu(bytes).toLower(icu::Locale::getRoot()));
    });
    return out;
}

std::string normalizeText(std::string_view text, NormalForm form) {
    if (isAscii(text))
        return std::string(text);
    UErrorCode status = U_ZERO_ERROR;
    const icu::UnicodeString out = normalizerOf(form).normalize(toIcu(text), status);
    if (U_FAILURE(status))
        throw Error(ErrorCode::Internal,
                    std::string("normalizeText: ICU refused the text: ") + u_errorName(status));
    return fromIcu(out);
}

std::string_view stripRight(std::string_view text) {
    while (!text.empty()) {
        std::size_t start = text.size() - 1;
        while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0u) == 0x80u)
            --start;
        const CodePoint last = decodeUtf8(text, start);
        if (!isPythonSpace(last.value) || start + last.length != text.size())
            break;
        text = text.substr(0, start);
    }
    return text;
}

std::string_view strip(std::string_view text) {
    while (!text.empty()) {
        const CodePoint first = decodeUtf8(text, 0);
        if (!isPythonSpace(first.value))
            break;
        text.remove_prefix(first.length);
    }
    return stripRight(text);
}

std::vector<std::string_view> splitWhitespace(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    const auto close = [&](std::size_t end) {
        if (end > begin)
            out.push_back(text.substr(begin, end - begin));
    };
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = static_cast<unsigned char>(text[at]);
        if (byte > 0x20 && byte < 0x80) {
            ++at;
            continue;
        }
        const CodePoint point = decodeUtf8(text, at);
        if (isPythonSpace(point.value)) {
            close(at);
            begin = at + point.length;
        }
        at += point.length;
    }
    close(text.size());
    return out;
}

} // namespace viva
