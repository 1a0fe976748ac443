// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace viva {

/// One way into or out of the machine.
struct AudioDevice {
    std::string name;      ///< what the system calls it, unique enough to find it again
    std::string hostApi;   ///< "ALSA", "JACK Audio Connection Kit", ...
    int channels = 0;      ///< most that can be used at once
    int sampleRateHz = 0;  ///< the rate it prefers
    double latencySec = 0; ///< what the system suggests for smooth sound
    bool isDefault = false;
};

struct AudioDeviceList {
    std::vector<AudioDevice> inputs;
    std::vector<AudioDevice> outputs;
};

/// What is plugged in now; both lists may be empty. While something plays or records the list is
/// that of its start. Blocks for up to some hundred milliseconds: not for a window's own thread.
/// @throws Error(Audio) when the sound system does not start.
[[nodiscard]] AudioDeviceList listAudioDevices();

} // namespace viva
