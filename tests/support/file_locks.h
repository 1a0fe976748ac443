// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include <sys/stat.h>

namespace viva::test {

/// The locks that the system knows on a file, as "READ 1073741826 1073742335"; told from
/// /proc/locks, so that the file itself is not opened.
[[nodiscard]] inline std::multiset<std::string> locksOn(const std::filesystem::path& file) {
    struct stat facts {};
    std::multiset<std::string> found;
    if (::stat(file.c_str(), &facts) != 0)
        return found;
    const std::string inode = ":" + std::to_string(facts.st_ino);
    std::ifstream all("/proc/locks");
    for (std::string line; std::getline(all, line);) {
        std::istringstream words(line);
        std::string number;
        std::string kind;
        std::string mode;
        std::string access;
        std::string process;
        std::string place;
        std::string from;
        std::string to;
        words >> number >> kind >> mode >> access >> process >> place >> from >> to;
        if (place.ends_with(inode))
            found.insert(access + " " + from + " " + to);
    }
    return found;
}

} // namespace viva::test
