// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "core/soundcard/play_source.h"

#include <cstddef>
#include <memory>
#include <string>

namespace viva {

/// Plays one clip at a time on an output device.
///
/// Contract: all methods belong to one thread. The sound itself is fed by PortAudio's callback,
/// which reads an immutable buffer and atomics only. The device is taken by play() and given back
/// by stop(), by the destructor, or when isPlaying() sees that the clip is over.
class Player {
public:
    /// `deviceName` as in AudioDevice::name; empty is the system's default output.
    explicit Player(std::string deviceName = {});
    ~Player();
    Player(const Player&) = delete;
    Player& operator=(const Player&) = delete;

    /// Starts at a sample of the buffer, stopping what plays; a start beyond the end plays nothing.
    /// A rate the device does not take is converted first. Blocks while the device opens.
    /// @throws Error(Audio) naming the device and the cure where there is none or it refuses,
    /// Error(InvalidArgument) for an empty buffer.
    void play(std::shared_ptr<const AudioBuffer> buffer, std::size_t startSample = 0);

    /// The same with a stretch, a loop and a speed; an empty stretch plays nothing.
    void play(std::shared_ptr<const AudioBuffer> buffer, const PlayRange& range);

    /// Falls silent at once; nothing happens when nothing plays. Blocks for some milliseconds.
    void stop();

    /// Until the last sample has been heard. Never blocks except to give a finished device back.
    [[nodiscard]] bool isPlaying();

    /// What is heard now, in seconds from the start of the buffer: the device's clock and latency,
    /// not what was handed over. Stays at the last place after the end or stop(). Never blocks.
    [[nodiscard]] double positionSec() const;

    /// Times the device ran dry since play() (the machine was too busy).
    [[nodiscard]] int underruns() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
