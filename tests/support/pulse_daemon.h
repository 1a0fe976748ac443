// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace viva {

/// A sound server of the test's own with one null sink: a loudspeaker without hardware. Its monitor
/// is recorded by `parec`, and is the default microphone besides: what is played into the sink is
/// heard by whoever records from the device "pulse". All processes end with the object.
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

    /// Plays a sound file into the sink; @return at once.
    void startPlaying(const std::filesystem::path& file);
    void waitForPlaying(); ///< until it is over

    /// The server goes away, as a device that is unplugged.
    void kill();
    /// Stops the server where it stands (SIGSTOP), and lets it go on.
    void freeze(bool frozen) const;

private:
    pid_t spawn(const std::vector<std::string>& command, const std::string& outputName);
    static void end(pid_t& process);

    std::filesystem::path m_folder;
    std::string m_whyNot;
    pid_t m_server = -1;
    pid_t m_recorder = -1;
    pid_t m_player = -1;
};

} // namespace viva
