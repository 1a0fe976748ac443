// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/ogg_serial.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

constexpr std::size_t kSerialAt = 14;
constexpr std::size_t kChecksumAt = 22;
constexpr std::size_t kSegmentsAt = 26;
constexpr std::size_t kHeaderBytes = 27;

std::uint32_t oggChecksum(std::string_view page) {
    std::uint32_t crc = 0;
    for (const char c : page) {
        crc ^= std::uint32_t{static_cast<unsigned char>(c)} << 24;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc << 1) ^ ((crc & 0x80000000u) ? 0x04c11db7u : 0u);
    }
    return crc;
}

void putLittleEndian(std::string& bytes, std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
        bytes[at + i] = static_cast<char>(value >> (8 * i));
}

/// Length of the page that starts at `at`; 0 when there is no whole page.
std::size_t pageBytes(const std::string& bytes, std::size_t at) {
    if (bytes.size() - at < kHeaderBytes || bytes.compare(at, 4, "OggS") != 0)
        return 0;
    const std::size_t segments = static_cast<unsigned char>(bytes[at + kSegmentsAt]);
    if (bytes.size() - at < kHeaderBytes + segments)
        return 0;
    std::size_t length = kHeaderBytes + segments;
    for (std::size_t i = 0; i < segments; ++i)
        length += static_cast<unsigned char>(bytes[at + kHeaderBytes + i]);
    return bytes.size() - at < length ? 0 : length;
}

} // namespace

void setOggSerial(std::string& bytes, std::uint32_t serial, std::string_view origin) {
    if (bytes.empty())
        throw Error(ErrorCode::Format, fmt::format("{}: is empty, not an Ogg stream", origin));
    for (std::size_t at = 0; at < bytes.size();) {
        const std::size_t length = pageBytes(bytes, at);
        if (length == 0)
            throw Error(ErrorCode::Format,
                        fmt::format("{}: no whole Ogg page at byte {}; the file is broken, make it "
                                    "again",
                                    origin, at));
        putLittleEndian(bytes, at + kSerialAt, serial);
        putLittleEndian(bytes, at + kChecksumAt, 0);
        putLittleEndian(bytes, at + kChecksumAt,
                        oggChecksum(std::string_view(bytes).substr(at, length)));
        at += length;
    }
}

void setOggSerial(const std::filesystem::path& path, std::uint32_t serial) {
    std::string bytes = readFile(path);
    setOggSerial(bytes, serial, path.string());
    writeFileAtomically(path, bytes);
}

} // namespace viva
