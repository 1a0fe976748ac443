// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/cli/program.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace viva::test {
namespace {

namespace fs = std::filesystem;

std::string contentOf(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

void redirect(const fs::path& file, int descriptor) {
    const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(opened, descriptor);
    ::close(opened);
}

} // namespace

Program::Program(const std::vector<std::string>& arguments, const fs::path& folder,
                 const fs::path& home)
    : m_output(home / "stdout.txt"), m_errors(home / "stderr.txt") {
    fs::create_directories(home);
    // What a program before it said must not be taken for what this one says.
    fs::remove(m_output);
    fs::remove(m_errors);
    std::string program = VIVA_PROGRAM;
    std::vector<char*> argv{program.data()};
    std::vector<std::string> words = arguments;
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    m_pid = ::fork();
    if (m_pid != 0)
        return;
    ::setenv("HOME", home.c_str(), 1);
    ::unsetenv("XDG_DATA_HOME");
    ::unsetenv("XDG_CACHE_HOME");
    ::unsetenv("VIVA_CACHE");
    redirect(m_output, STDOUT_FILENO);
    redirect(m_errors, STDERR_FILENO);
    if (::chdir(folder.c_str()) != 0)
        ::_exit(126);
    ::execv(program.c_str(), argv.data());
    ::_exit(127);
}

Program::~Program() {
    if (!ended()) {
        ::kill(m_pid, SIGKILL);
        static_cast<void>(wait());
    }
}

void Program::signal(int number) const {
    ::kill(m_pid, number);
}

std::string Program::outputSoFar() const {
    return contentOf(m_output);
}

std::string Program::errorsSoFar() const {
    return contentOf(m_errors);
}

bool Program::ended() {
    if (!m_ended)
        m_ended = ::waitpid(m_pid, &m_status, WNOHANG) == m_pid;
    return m_ended;
}

bool Program::waitForOutput(const std::string& text, int seconds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
    while (std::chrono::steady_clock::now() < end) {
        const bool over = ended();
        if (outputSoFar().find(text) != std::string::npos)
            return true;
        if (over)
            return false;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
}

ProgramResult Program::wait() {
    if (!m_ended) {
        ::waitpid(m_pid, &m_status, 0);
        m_ended = true;
    }
    ProgramResult result;
    result.exitCode = WIFSIGNALED(m_status) ? 128 + WTERMSIG(m_status) : WEXITSTATUS(m_status);
    result.output = outputSoFar();
    result.errors = errorsSoFar();
    return result;
}

ProgramResult runViva(const std::vector<std::string>& arguments, const fs::path& folder) {
    Program program(arguments, folder, folder / "home");
    return program.wait();
}

} // namespace viva::test
