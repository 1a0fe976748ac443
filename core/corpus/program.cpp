// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/program.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

extern char** environ; // NOLINT: POSIX declares it so

namespace viva {

TemporaryFile::TemporaryFile(const std::string& suffix) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / ("viva-speech-XXXXXX" + suffix)).string();
    const int file = ::mkstemps(pattern.data(), static_cast<int>(suffix.size()));
    if (file < 0)
        throw Error(ErrorCode::Io, fmt::format("{}: no temporary file can be made: {}", pattern,
                                               std::strerror(errno)));
    ::close(file);
    m_path = pattern;
}

TemporaryFile::~TemporaryFile() {
    std::error_code ignored;
    std::filesystem::remove(m_path, ignored);
}

std::filesystem::path findProgram(const std::string& name) {
    const char* variable = std::getenv("PATH");
    const std::string folders = variable ? variable : "/usr/bin:/bin";
    for (std::size_t at = 0; at <= folders.size();) {
        const std::size_t end = std::min(folders.find(':', at), folders.size());
        const std::filesystem::path path =
            std::filesystem::path(folders.substr(at, end - at)) / name;
        std::error_code ignored;
        if (std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0)
            return path;
        at = end + 1;
    }
    return {};
}

int runProgram(const std::vector<std::string>& arguments) {
    VIVA_ASSERT(!arguments.empty());
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str())); // posix_spawn does not write to them
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t process = 0;
    const int failure =
        ::posix_spawnp(&process, argv.front(), &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        throw Error(ErrorCode::NotFound, fmt::format("{}: cannot be started: {}; install it",
                                                     arguments.front(), std::strerror(failure)));
    int status = 0;
    while (::waitpid(process, &status, 0) < 0)
        if (errno != EINTR)
            return 127;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace viva
