// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <unistd.h>

namespace viva::fuzz {

/// A folder of this process that holds the input as the files a reader opens; in memory where the
/// system has a place for that.
class InputFolder {
public:
    InputFolder() {
        const std::filesystem::path memory = "/dev/shm";
        const auto base =
            std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path();
        m_path = base / ("viva-fuzz-" + std::to_string(::getpid()));
        std::filesystem::create_directories(m_path);
    }
    ~InputFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    InputFolder(const InputFolder&) = delete;
    InputFolder& operator=(const InputFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

    std::filesystem::path write(const char* name, std::string_view bytes) const {
        const std::filesystem::path file = m_path / name;
        std::ofstream(file, std::ios::binary | std::ios::trunc)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file;
    }

private:
    std::filesystem::path m_path;
};

inline std::string_view textOf(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Runs a reader. An Error is how it refuses; it must have a sentence. Everything else escapes and
/// is a finding.
template<typename Reader>
void mayRefuse(Reader reader) {
    try {
        reader();
    } catch (const Error& error) {
        if (std::string_view(error.what()).empty() || error.code() == ErrorCode::Internal)
            std::abort();
    }
}

} // namespace viva::fuzz
