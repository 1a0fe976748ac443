// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/pulse_daemon.h"

#include "core/base/atomic_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace viva {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

template<typename Condition>
bool waitUntil(Condition condition, std::chrono::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(20ms);
    }
    return true;
}

} // namespace

PulseDaemon::PulseDaemon() {
    if (::access("/usr/bin/pulseaudio", X_OK) != 0 || ::access("/usr/bin/parec", X_OK) != 0) {
        m_whyNot = "pulseaudio and parec (pulseaudio-utils) are not installed";
        return;
    }
    m_folder = fs::temp_directory_path() / fmt::format("viva-pulse-{}", ::getpid());
    fs::create_directories(m_folder);
    const fs::path socket = m_folder / "socket";
    ::setenv("HOME", m_folder.c_str(), 1);
    ::setenv("XDG_RUNTIME_DIR", m_folder.c_str(), 1);
    ::setenv("PULSE_SERVER", ("unix:" + socket.string()).c_str(), 1);
    ::setenv("PULSE_SOURCE", "mic", 1);
    m_server = spawn(
        {"pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
         "--disable-shm=yes", "--resample-method=speex-float-5", "-L",
         fmt::format("module-native-protocol-unix auth-anonymous=1 socket={}", socket.string()),
         "-L", fmt::format("module-null-sink sink_name=viva rate={} channels=1", kRateHz), "-L",
         "module-remap-source source_name=mic master=viva.monitor"},
        "server.log");
    if (!waitUntil([&] { return fs::exists(socket) || ::kill(m_server, 0) != 0; }, 10s) ||
        !fs::exists(socket))
        m_whyNot = "the PulseAudio daemon did not start";
}

PulseDaemon::~PulseDaemon() {
    end(m_recorder);
    end(m_player);
    end(m_server);
    std::error_code ignored;
    if (!m_folder.empty())
        fs::remove_all(m_folder, ignored);
}

pid_t PulseDaemon::spawn(const std::vector<std::string>& command, const std::string& outputName) {
    std::vector<char*> arguments;
    for (const std::string& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const std::string output = m_folder / outputName;
    const std::string log = output + ".err";
    const pid_t process = ::fork();
    if (process != 0)
        return process;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
    ::dup2(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

void PulseDaemon::end(pid_t& process) {
    if (process <= 0)
        return;
    ::kill(process, SIGTERM);
    const bool gone =
        waitUntil([&] { return ::waitpid(process, nullptr, WNOHANG) == process; }, 3s);
    if (!gone) {
        ::kill(process, SIGKILL);
        ::waitpid(process, nullptr, 0);
    }
    process = -1;
}

void PulseDaemon::startRecording() {
    m_recorder = spawn({"parec", "--device=viva.monitor", "--raw", "--format=float32le",
                        fmt::format("--rate={}", kRateHz), "--channels=1", "--latency-msec=20"},
                       "recording");
    // The monitor of an idle sink gives silence: once bytes come, nothing will be missed.
    waitUntil(
        [&] {
            std::error_code ignored;
            const auto size = fs::file_size(m_folder / "recording", ignored);
            return !ignored && size > 0;
        },
        5s);
}

std::vector<float> PulseDaemon::stopRecording() {
    std::this_thread::sleep_for(300ms); // what was heard last is still on its way
    end(m_recorder);
    const std::string bytes = readFile(m_folder / "recording");
    std::vector<float> samples(bytes.size() / sizeof(float));
    std::memcpy(samples.data(), bytes.data(), samples.size() * sizeof(float));
    return samples;
}

void PulseDaemon::startPlaying(const fs::path& file) {
    m_player = spawn({"paplay", "--device=viva", file.string()}, "player.log");
}

void PulseDaemon::waitForPlaying() {
    if (m_player > 0)
        ::waitpid(m_player, nullptr, 0);
    m_player = -1;
}

void PulseDaemon::kill() {
    if (m_server > 0) {
        ::kill(m_server, SIGKILL);
        ::waitpid(m_server, nullptr, 0);
    }
    m_server = -1;
}

void PulseDaemon::freeze(bool frozen) const {
    ::kill(m_server, frozen ? SIGSTOP : SIGCONT);
}

} // namespace viva
