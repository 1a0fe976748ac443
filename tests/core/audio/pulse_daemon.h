// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace viva {

/// A sound server of the test's own with one null sink: a loudspeaker without hardware. Its monitor
/// is recorded by `parec`, and both processes end with the object.
class PulseDaemon {
public:
    static constexpr int kRateHz = 48000;

    PulseDaemon();
    ~PulseDaemon();
    PulseDaemon(const PulseDaemon&) = delete;
    PulseDaemon& operator=(const PulseDaemon&) = delete;

    /// Empty when the server runs; else why not.
    [[nodiscard]] const std::string& whyNot() const { return m_whyNot; }

    /// Begins to record what the sink plays.
    void startRecording();
    /// Ends it: mono float samples at kRateHz.
    [[nodiscard]] std::vector<float> stopRecording();

private:
    pid_t spawn(const std::vector<std::string>& command, const std::string& outputName);
    static void end(pid_t& process);

    std::filesystem::path m_folder;
    std::string m_whyNot;
    pid_t m_server = -1;
    pid_t m_recorder = -1;
};

} // namespace viva
