// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/mteval_passes.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <array>
#include <cstdint>

namespace viva {
namespace {

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}
bool isPointOrComma(char c) {
    return c == '.' || c == ',';
}

/// ASCII marks that are always set apart: all but apostrophe, comma, dash and point.
constexpr bool isSeparated(char c) {
    return (c >= 0x20 && c <= 0x26) || (c >= 0x28 && c <= 0x2B) || c == 0x2F ||
           (c >= 0x3A && c <= 0x40) || (c >= 0x5B && c <= 0x60) || (c >= 0x7B && c <= 0x7E);
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

enum class ByteKind : std::uint8_t { Plain, Space, Mark, Joint, Wide, Special };

constexpr std::array<ByteKind, 256> makeByteKinds() {
    std::array<ByteKind, 256> kinds{};
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        const char c = static_cast<char>(i);
        if (i >= 0x80)
            kinds[i] = ByteKind::Wide;
        else if (c == '\n' || c == '&' || c == '<')
            kinds[i] = ByteKind::Special; // line ends, escapes, <skipped>
        else if ((i >= 0x09 && i <= 0x0D) || (i >= 0x1C && i <= 0x20))
            kinds[i] = ByteKind::Space;
        else if (c == '.' || c == ',' || c == '-')
            kinds[i] = ByteKind::Joint;
        else if (isSeparated(c))
            kinds[i] = ByteKind::Mark;
        else
            kinds[i] = ByteKind::Plain;
    }
    return kinds;
}

constexpr std::array<ByteKind, 256> kByteKinds = makeByteKinds();

ByteKind kindOf(char c) {
    return kByteKinds[static_cast<unsigned char>(c)];
}

/// Whether a point, comma or dash between these neighbours is a token of its own.
bool standsAlone(char joint, char before, char after) {
    if (joint == '-')
        return isDigit(before);
    return !isDigit(before) || !isDigit(after);
}

} // namespace

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

void unescapeXml(std::string& text) {
    if (text.find('&') == std::string::npos)
        return;
    replaceAll(text, "&quot;", "\"");
    replaceAll(text, "&amp;", "&");
    replaceAll(text, "&lt;", "<");
    replaceAll(text, "&gt;", ">");
}

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

void separatePointsAndDashes(std::string& text) {
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
}

bool tokenizeSimpleLine(std::string_view line, std::vector<std::string_view>& tokens) {
    constexpr std::size_t kNone = std::string_view::npos;
    std::size_t begin = kNone;
    const auto close = [&](std::size_t end) {
        if (begin != kNone)
            tokens.push_back(line.substr(begin, end - begin));
        begin = kNone;
    };
    for (std::size_t at = 0; at < line.size();) {
        std::size_t length = 1;
        ByteKind kind = kindOf(line[at]);
        if (kind == ByteKind::Joint) {
            const char before = at > 0 ? line[at - 1] : ' ';
            const char after = at + 1 < line.size() ? line[at + 1] : ' ';
            // neighbours of a mark may be taken by the mark beside it
            if (kindOf(before) == ByteKind::Joint || kindOf(after) == ByteKind::Joint)
                return false;
            kind = standsAlone(line[at], before, after) ? ByteKind::Mark : ByteKind::Plain;
        } else if (kind == ByteKind::Wide) {
            const CodePoint point = decodeUtf8(line, at);
            length = point.length;
            kind = isPythonSpace(point.value) ? ByteKind::Space : ByteKind::Plain;
        }
        if (kind == ByteKind::Special)
            return false;
        if (kind == ByteKind::Plain) {
            begin = begin == kNone ? at : begin;
        } else {
            close(at);
            if (kind == ByteKind::Mark)
                tokens.push_back(line.substr(at, 1));
        }
        at += length;
    }
    close(line.size());
    return true;
}

} // namespace viva
