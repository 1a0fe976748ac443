// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace viva::test {

/// What a program said and how it ended.
struct ProgramResult {
    int exitCode = -1; ///< 128 + signal when it was killed
    std::string output;
    std::string errors;
};

/// `viva` as a process of its own, in `folder`, with a home and caches below `home`.
class Program {
public:
    Program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
            const std::filesystem::path& home);
    ~Program(); ///< kills it when it still runs
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void signal(int number) const;
    /// What it printed until now.
    [[nodiscard]] std::string outputSoFar() const;
    [[nodiscard]] std::string errorsSoFar() const;
    /// Waits until standard output holds `text`; false when it ends before or after `seconds`.
    [[nodiscard]] bool waitForOutput(const std::string& text, int seconds);
    [[nodiscard]] ProgramResult wait();

private:
    [[nodiscard]] bool ended();

    pid_t m_pid = -1;
    int m_status = 0;
    bool m_ended = false;
    std::filesystem::path m_output;
    std::filesystem::path m_errors;
};

[[nodiscard]] ProgramResult runViva(const std::vector<std::string>& arguments,
                                    const std::filesystem::path& folder);

} // namespace viva::test
