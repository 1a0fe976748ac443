// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/text_source.h"

#include "core/base/error.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::uint64_t kMaxUtf16Bytes = std::uint64_t{128} << 20U;
constexpr std::size_t kShownBytes = 60;

[[noreturn]] void failIo(const fs::path& path, const char* reason) {
    throw Error(ErrorCode::Io, fmt::format("cannot read {}: {}", path.string(), reason));
}

} // namespace

TextSource::TextSource(fs::path path) : m_path(std::move(path)) {
    std::error_code failure;
    const fs::file_status status = fs::status(m_path, failure);
    if (!fs::exists(status))
        throw Error(ErrorCode::NotFound, fmt::format("{} does not exist", m_path.string()));
    if (fs::is_directory(status))
        failIo(m_path, "it is a folder where a file is expected");
    m_size = fs::file_size(m_path, failure);
    m_in.open(m_path, std::ios::binary);
    if (!m_in)
        failIo(m_path, std::strerror(errno));
    fill();
    const std::string_view head = std::string_view(m_buffer).substr(0, 3);
    if (head.starts_with("\xEF\xBB\xBF"))
        m_at = 3;
    else if (head.starts_with("\xFF\xFE"))
        readUtf16(false);
    else if (head.starts_with("\xFE\xFF"))
        readUtf16(true);
}

bool TextSource::fill() {
    if (m_utf16)
        return false;
    m_begin += m_buffer.size();
    m_at = 0;
    m_buffer.resize(kPieceBytes);
    m_in.read(m_buffer.data(), static_cast<std::streamsize>(m_buffer.size()));
    if (m_in.bad())
        failIo(m_path, "the disk reported a failure; check it and try again");
    m_buffer.resize(static_cast<std::size_t>(m_in.gcount()));
    return !m_buffer.empty();
}

void TextSource::readUtf16(bool bigEndian) {
    if (m_size > kMaxUtf16Bytes)
        throw Error(ErrorCode::Format,
                    fmt::format("{} is UTF-16 and has {} bytes; convert it to UTF-8 first",
                                m_path.string(), m_size));
    std::string bytes = std::move(m_buffer);
    std::string piece(kPieceBytes, '\0');
    while (m_in.read(piece.data(), static_cast<std::streamsize>(piece.size())) || m_in.gcount() > 0)
        bytes.append(piece, 0, static_cast<std::size_t>(m_in.gcount()));
    m_utf16 = true;
    m_buffer.clear();
    m_at = 0;
    const auto unit = [&](std::size_t at) {
        const auto first = static_cast<unsigned char>(bytes[at]);
        const auto second = static_cast<unsigned char>(bytes[at + 1]);
        return static_cast<char32_t>(bigEndian ? first << 8U | second : second << 8U | first);
    };
    for (std::size_t at = 2; at + 1 < bytes.size(); at += 2) {
        char32_t point = unit(at);
        const bool high = point >= 0xD800 && point < 0xDC00;
        if (high && at + 3 < bytes.size() && unit(at + 2) >= 0xDC00 && unit(at + 2) < 0xE000) {
            point = 0x10000 + ((point - 0xD800) << 10U) + (unit(at + 2) - 0xDC00);
            at += 2;
        } else if (point >= 0xD800 && point < 0xE000) {
            point = 0xFFFD;
        }
        appendUtf8(m_buffer, point);
    }
    m_size = m_buffer.size();
}

bool TextSource::getLine(std::string& line, std::size_t limit, bool& tooLong) {
    line.clear();
    tooLong = false;
    bool any = false;
    while (m_at < m_buffer.size() || fill()) {
        any = true;
        const char* begin = m_buffer.data() + m_at;
        const std::size_t left = m_buffer.size() - m_at;
        const auto* end = static_cast<const char*>(std::memchr(begin, '\n', left));
        const std::size_t count = end != nullptr ? static_cast<std::size_t>(end - begin) : left;
        const std::size_t room = limit - std::min(limit, line.size());
        line.append(begin, std::min(count, room));
        tooLong = tooLong || count > room;
        m_at += count;
        if (end != nullptr) {
            ++m_at;
            ++m_line;
            break;
        }
    }
    if (!line.empty() && line.back() == '\r')
        line.pop_back();
    return any;
}

void TextSource::seek(const Place& place) {
    m_line = place.line;
    if (place.offset >= m_begin && place.offset <= m_begin + m_buffer.size()) {
        m_at = static_cast<std::size_t>(place.offset - m_begin);
        return;
    }
    m_in.clear();
    m_in.seekg(static_cast<std::streamoff>(place.offset));
    m_buffer.clear();
    m_begin = place.offset;
    m_at = 0;
}

double TextSource::progress() const {
    return m_size > 0
               ? std::min(1.0, static_cast<double>(m_begin + m_at) / static_cast<double>(m_size))
               : 1.0;
}

std::string faultOfText(std::string_view text) {
    if (text.find('\0') != std::string_view::npos)
        return "holds zero bytes, as UTF-16 without a byte order mark does; save the file as UTF-8";
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decodeUtf8(text, at);
        if (!point.valid)
            return fmt::format(
                "is not UTF-8 (byte 0x{:02X} at place {}); if the file is Latin-1 or "
                "Windows-1252, save it as UTF-8",
                static_cast<unsigned char>(text[at]), at + 1);
        at += point.length;
    }
    return {};
}

std::string beginningOf(std::string_view text) {
    std::string out = repairUtf8(text.substr(0, kShownBytes));
    for (char& c : out)
        if (static_cast<unsigned char>(c) < 0x20)
            c = ' ';
    if (text.size() > kShownBytes)
        out += "...";
    return out;
}

} // namespace viva
