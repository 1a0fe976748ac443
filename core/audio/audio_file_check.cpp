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

/// Walks the chunks up to the sound; writers that did not know the length left 0 or a huge number.
std::string describeRiff(std::ifstream& in, std::uint64_t fileSize) {
    std::uint64_t at = 12;
    std::array<char, 8> chunk{};
    while (at + chunk.size() <= fileSize) {
        in.seekg(static_cast<std::streamoff>(at));
        if (!in.read(chunk.data(), chunk.size()))
            return {};
        const std::uint32_t size = littleEndian(chunk.data() + 4);
        at += chunk.size();
        if (std::memcmp(chunk.data(), "data", 4) == 0) {
            const bool stream = size == 0 || size >= 0x7FFF0000U;
            if (stream || at + size <= fileSize)
                return {};
            return fmt::format("holds {} of {} bytes of sound", fileSize - at, size);
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
        return "ends within a page";
    std::size_t end = page + kPageHeader;
    if (end <= bytes.size()) {
        const std::size_t segments = static_cast<unsigned char>(bytes[page + kPageHeader - 1]);
        end += segments;
        for (std::size_t i = page + kPageHeader; i < std::min(end, bytes.size()); ++i)
            if (i < page + kPageHeader + segments)
                end += static_cast<unsigned char>(bytes[i]);
    }
    return end > bytes.size() ? "ends within a page" : std::string{};
}

} // namespace

std::string describeTruncation(const std::filesystem::path& path) {
    std::error_code failure;
    const std::uint64_t fileSize = std::filesystem::file_size(path, failure);
    std::ifstream in(path, std::ios::binary);
    std::array<char, 12> magic{};
    if (failure || !in.read(magic.data(), magic.size()))
        return {};
    const std::string_view text(magic.data(), magic.size());
    if (text.substr(0, 4) == "RIFF" && text.substr(8, 4) == "WAVE")
        return describeRiff(in, fileSize);
    if (text.substr(0, 4) == "OggS")
        return describeOgg(in, fileSize);
    return {};
}

} // namespace viva
