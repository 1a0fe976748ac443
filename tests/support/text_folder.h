// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace viva {

/// A fresh folder that is removed with everything in it.
class TempFolder {
public:
    TempFolder() {
        static std::atomic<int> next{0};
        m_path = std::filesystem::temp_directory_path() /
                 ("viva-text-" + std::to_string(getpid()) + "-" + std::to_string(next++));
        std::filesystem::create_directories(m_path);
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

} // namespace viva
