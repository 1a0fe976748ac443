// SPDX-License-Identifier: GPL-3.0-or-later
#include <filesystem>
#include <fstream>

char firstByte(const std::filesystem::path& project) {
    return static_cast<char>(std::ifstream(project / "project.sqlite").get());
}
