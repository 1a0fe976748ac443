// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <mutex>

namespace viva {

/// Keeps PortAudio initialised while it lives. PortAudio counts nested starts itself but is not
/// safe across threads, so every call that opens, closes or lists takes mutex().
///
/// The noise that ALSA and JACK print on stderr while looking for devices is silenced.
class AudioSystem {
public:
    /// May take some hundred milliseconds. @throws Error(Audio) when PortAudio does not start.
    AudioSystem();
    ~AudioSystem();
    AudioSystem(const AudioSystem&) = delete;
    AudioSystem& operator=(const AudioSystem&) = delete;

    [[nodiscard]] static std::recursive_mutex& mutex();
};

} // namespace viva
