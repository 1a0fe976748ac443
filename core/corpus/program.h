// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// A file of its own in the temporary folder, removed at the end.
class TemporaryFile {
public:
    /// @throws Error(Io).
    explicit TemporaryFile(const std::string& suffix);
    ~TemporaryFile();
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    std::filesystem::path m_path;
};

/// The program's path, searched in PATH; empty when it is not installed.
[[nodiscard]] std::filesystem::path findProgram(const std::string& name);

/// Runs a program without a shell, its output discarded, and waits. @return the exit code, or 128
/// plus the signal that ended it. @throws Error(NotFound) when it cannot be started.
int runProgram(const std::vector<std::string>& arguments);

} // namespace viva
