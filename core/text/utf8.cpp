// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/utf8.h"

#include "core/base/error.h"

#include <algorithm>

namespace viva {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

/// What a lead byte promises: bytes in all and the range of the second byte.
struct Lead {
    std::size_t length = 0; ///< 0 for a byte that cannot lead
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
};

Lead leadOf(unsigned char byte) noexcept {
    if (byte >= 0xC2 && byte <= 0xDF)
        return {2, 0x80, 0xBF};
    if (byte == 0xE0)
        return {3, 0xA0, 0xBF};
    if (byte == 0xED)
        return {3, 0x80, 0x9F};
    if (byte >= 0xE1 && byte <= 0xEF)
        return {3, 0x80, 0xBF};
    if (byte == 0xF0)
        return {4, 0x90, 0xBF};
    if (byte >= 0xF1 && byte <= 0xF3)
        return {4, 0x80, 0xBF};
    if (byte == 0xF4)
        return {4, 0x80, 0x8F};
    return {};
}

} // namespace

CodePoint decodeUtf8(std::string_view text, std::size_t at) noexcept {
    const auto first = static_cast<unsigned char>(text[at]);
    if (first < 0x80)
        return {first, 1, true};
    Lead lead = leadOf(first);
    if (lead.length == 0)
        return {kReplacement, 1, false};
    char32_t value = first & (0x7Fu >> lead.length);
    for (std::size_t i = 1; i < lead.length; ++i) {
        if (at + i >= text.size())
            return {kReplacement, i, false};
        const auto byte = static_cast<unsigned char>(text[at + i]);
        if (byte < lead.low || byte > lead.high)
            return {kReplacement, i, false};
        lead.low = 0x80;
        lead.high = 0xBF;
        value = (value << 6) | (byte & 0x3Fu);
    }
    return {value, lead.length, true};
}

void appendUtf8(std::string& out, char32_t codePoint) {
    const auto put = [&out](char32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (codePoint < 0x80) {
        put(codePoint);
    } else if (codePoint < 0x800) {
        put(0xC0 | (codePoint >> 6));
        put(0x80 | (codePoint & 0x3F));
    } else if (codePoint < 0x10000) {
        put(0xE0 | (codePoint >> 12));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    } else {
        put(0xF0 | (codePoint >> 18));
        put(0x80 | ((codePoint >> 12) & 0x3F));
        put(0x80 | ((codePoint >> 6) & 0x3F));
        put(0x80 | (codePoint & 0x3F));
    }
}

bool isAscii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool isValidUtf8(std::string_view text) noexcept {
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decodeUtf8(text, at);
        if (!point.valid)
            return false;
        at += point.length;
    }
    return true;
}

std::string repairUtf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decodeUtf8(text, at);
        if (point.valid)
            out.append(text.substr(at, point.length));
        else
            appendUtf8(out, kReplacement);
        at += point.length;
    }
    return out;
}

std::u32string toUtf32(std::string_view text) {
    std::u32string out;
    out.reserve(text.size());
    forEachCodePoint(text, [&out](char32_t value, std::string_view) { out.push_back(value); });
    return out;
}

std::string toUtf8(std::u32string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char32_t value : text)
        appendUtf8(out, value);
    return out;
}

void requireReasonableSize(std::size_t bytes) {
    constexpr std::size_t kMaxBytes = std::size_t{64} << 20;
    if (bytes > kMaxBytes)
        throw Error(ErrorCode::Format,
                    "the rules of tokenizer.json grow a text beyond 64 MiB; fetch the file again");
}

} // namespace viva
