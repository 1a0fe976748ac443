// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

namespace viva {

/// The bytes of a text file, piece by piece, with the number of the line. A byte order mark is
/// skipped; UTF-16 with one becomes UTF-8.
class TextSource {
public:
    /// A place to come back to.
    struct Place {
        std::uint64_t offset = 0;
        std::size_t line = 1;
    };

    /// @throws Error(NotFound | Io); Error(Format) for UTF-16 files over 128 MB, which are read
    /// whole.
    explicit TextSource(std::filesystem::path path);

    /// The next byte, -1 at the end. @throws Error(Io) when the disk fails.
    int get() {
        if (m_at == m_buffer.size() && !fill())
            return -1;
        const char c = m_buffer[m_at++];
        m_line += c == '\n' ? 1 : 0;
        return static_cast<unsigned char>(c);
    }
    /// The rest of the line without its end (LF or CR LF) goes into `line`, as far as `limit`; the
    /// bytes beyond are passed over. False when nothing is left.
    bool getLine(std::string& line, std::size_t limit, bool& tooLong);

    [[nodiscard]] Place place() const { return {m_begin + m_at, m_line}; }
    void seek(const Place& place);
    [[nodiscard]] std::size_t line() const { return m_line; } ///< of the next byte, from 1
    [[nodiscard]] double progress() const;
    [[nodiscard]] bool wasUtf16() const { return m_utf16; }
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    bool fill();
    void readUtf16(bool bigEndian);

    std::filesystem::path m_path;
    std::ifstream m_in;
    std::string m_buffer;
    std::size_t m_at = 0;
    std::uint64_t m_begin = 0; ///< where the buffer begins in the file
    std::uint64_t m_size = 0;
    std::size_t m_line = 1;
    bool m_utf16 = false; ///< the buffer then holds the whole text
};

/// Why a piece of text cannot be used, as a clause; empty when it is UTF-8.
[[nodiscard]] std::string faultOfText(std::string_view text);
/// The beginning of a text for a report: valid UTF-8, one line, at most about 60 signs.
[[nodiscard]] std::string beginningOf(std::string_view text);

} // namespace viva
