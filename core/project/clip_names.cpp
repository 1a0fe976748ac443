// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_names.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <cctype>

namespace viva {

namespace fs = std::filesystem;

void makeClipFolder(const fs::path& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorCode::Io, fmt::format("the folder {} cannot be made: {}; choose a project "
                                               "you may write to",
                                               folder.string(), failure.message()));
}

std::string fileNameOf(std::string_view name) {
    constexpr std::size_t kMostBytes = 80;
    std::string out;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool safe =
            byte >= 0x80 || std::isalnum(byte) != 0 || c == '_' || c == '-' || c == '.';
        out += safe ? c : '_';
    }
    if (out.size() > kMostBytes) {
        std::size_t end = kMostBytes;
        while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0U) == 0x80U)
            --end; // not within a character
        out.resize(end);
    }
    if (out.empty() || out.front() == '.')
        out.insert(0, "clip");
    return out;
}

fs::path freeFile(const fs::path& folder, const std::string& name, const std::string& extension) {
    fs::path file = folder / (name + extension);
    for (int number = 2; fs::exists(fs::symlink_status(file)); ++number)
        file = folder / fmt::format("{}-{}{}", name, number, extension);
    return file;
}

} // namespace viva
