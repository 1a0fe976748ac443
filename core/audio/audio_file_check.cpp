// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <string_view>
#include <vector>

namespace viva {
namespace {

std::uint32_t littleEndian(const char* bytes) {
    std::uint32_t value = 0;
    std::memcpy(&value, bytes, sizeof(value));
    return value;
}

std::string truncated(const std::string& how) {
    return fmt::format("is cut short: it {}; copy it again", how);
}

/// Walks the chunks up to the sound; writers that did not know the length left 0 or a huge number.
std::string describeRiff(std::ifstream& in, std::uint64_t fileSize) {
    std::uint64_t at = 12;
    std::array<char, 16> chunk{}; // name, size; of "fmt " kind, channels and rate too
    while (at + 8 <= fileSize) {
        chunk.fill(1);
        in.clear();
        in.seekg(static_cast<std::streamoff>(at));
        in.read(chunk.data(), chunk.size());
        if (in.gcount() < 8)
            return {};
        const std::uint32_t size = littleEndian(chunk.data() + 4);
        if (std::memcmp(chunk.data(), "fmt ", 4) == 0 && littleEndian(chunk.data() + 12) == 0)
            return "says a rate of 0 Hz: its header is broken, export it again";
        at += 8;
        if (std::memcmp(chunk.data(), "data", 4) == 0) {
            const bool stream = size == 0 || size >= 0x7FFF0000U;
            if (stream || at + size <= fileSize)
                return {};
            return truncated(fmt::format("holds {} of {} bytes of sound", fileSize - at, size));
        }
        at += size + (size & 1U);
    }
    return {};
}

/// An Ogg page is whole when its segment table and the bytes that the table promises are there.
std::string describeOgg(std::ifstream& in, std::uint64_t fileSize) {
    constexpr std::uint64_t kLargestPage = 65307;
    constexpr std::size_t kPageHeader = 27;
    const std::uint64_t tail = std::min(fileSize, kLargestPage);
    std::vector<char> bytes(tail);
    in.seekg(static_cast<std::streamoff>(fileSize - tail));
    if (!in.read(bytes.data(), static_cast<std::streamsize>(tail)))
        return {};
    const std::string_view text(bytes.data(), bytes.size());
    const std::size_t page = text.rfind("OggS");
    if (page == std::string_view::npos)
        return truncated("ends within a page");
    std::size_t end = page + kPageHeader;
    if (end <= bytes.size()) {
        const std::size_t segments = static_cast<unsigned char>(bytes[page + kPageHeader - 1]);
        end += segments;
        for (std::size_t i = page + kPageHeader; i < std::min(end, bytes.size()); ++i)
            if (i < page + kPageHeader + segments)
                end += static_cast<unsigned char>(bytes[i]);
    }
    return end > bytes.size() ? truncated("ends within a page") : std::string{};
}

/// The first frame of an MP3 may say how many bytes follow: "Xing" or "Info", flags, frames, bytes.
/// @source gabriel.mp3-tech.org/mp3infotag.html, "Zone A"
std::string describeMp3(std::ifstream& in, std::uint64_t fileSize) {
    constexpr std::size_t kSideInfo = 64;    // no more lies before the tag
    constexpr std::uint64_t kTolerance = 64; // encoders count a little differently
    std::array<char, kSideInfo + 16> head{};
    std::uint64_t at = 0;
    const auto readAt = [&](std::uint64_t place) {
        in.clear();
        in.seekg(static_cast<std::streamoff>(place));
        return static_cast<bool>(in.read(head.data(), head.size()));
    };
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(head.at(i)); };
    if (!readAt(0))
        return {};
    if (std::memcmp(head.data(), "ID3", 3) == 0) {
        at = 10 + (std::uint64_t{byte(6)} << 21U | std::uint64_t{byte(7)} << 14U |
                   std::uint64_t{byte(8)} << 7U | byte(9));
        if (!readAt(at))
            return {};
    }
    if (byte(0) != 0xFF || (byte(1) & 0xE0U) != 0xE0U)
        return {};
    const std::string_view text(head.data(), kSideInfo);
    const std::size_t tag = std::min(text.find("Xing"), text.find("Info"));
    if (tag == std::string_view::npos || (byte(tag + 7) & 3U) != 3U)
        return {};
    std::uint64_t promised = 0;
    for (std::size_t i = tag + 12; i < tag + 16; ++i)
        promised = promised << 8U | byte(i);
    if (at + promised <= fileSize + kTolerance + promised / 100)
        return {};
    return truncated(fmt::format("holds {} of {} bytes of sound", fileSize - at, promised));
}

} // namespace

std::string describeDamage(const std::filesystem::path& path) {
    std::error_code failure;
    const std::uint64_t fileSize = std::filesystem::file_size(path, failure);
    std::ifstream in(path, std::ios::binary);
    std::array<char, 12> magic{};
    if (failure || !in)
        return {};
    if (!in.read(magic.data(), magic.size()))
        return std::string(kUnknownSoundKind);
    const std::string_view text(magic.data(), magic.size());
    if (text.substr(0, 4) == "RIFF" && text.substr(8, 4) == "WAVE")
        return describeRiff(in, fileSize);
    if (text.substr(0, 4) == "OggS")
        return describeOgg(in, fileSize);
    return describeMp3(in, fileSize);
}

bool hasMpegFrame(const std::filesystem::path& path) {
    constexpr std::streamsize kSearched = 64 << 10;
    std::string head(kSearched, '\0');
    std::ifstream in(path, std::ios::binary);
    in.read(head.data(), kSearched);
    head.resize(static_cast<std::size_t>(in.gcount()));
    if (head.starts_with("ID3")) // pictures may be longer than what is searched
        return true;
    for (std::size_t i = 0; i + 2 < head.size(); ++i) {
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(head[at]); };
        const bool sync = byte(i) == 0xFF && (byte(i + 1) & 0xE0U) == 0xE0U;
        if (sync && (byte(i + 1) & 0x18U) != 0x08U && (byte(i + 1) & 0x06U) != 0 &&
            (byte(i + 2) & 0xF0U) != 0xF0U && (byte(i + 2) & 0x0CU) != 0x0CU)
            return true;
    }
    return false;
}

} // namespace viva
