// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/level_measure.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace viva {

enum class RecorderState {
    Closed,    ///< the microphone is free
    Listening, ///< the meter is alive, nothing is kept
    Recording, ///< into a file
    Lost       ///< the device went away; what was recorded is in the file
};

/// Why a recording ended.
enum class TakeEnd { Stopped, DeviceLost, DiskFull, SizeLimit };

/// What a meter and a clock show.
struct RecorderStatus {
    RecorderState state = RecorderState::Closed;
    std::string device; ///< as AudioDevice::name
    int rateHz = 0;
    int channels = 0;
    SoundLevel level;
    double recordedSec = 0;
    std::int64_t droppedFrames = 0; ///< of this take, because the machine was too busy
    double leftSec = 0;             ///< until the disk or the file's format is full
    std::uint64_t diskFreeBytes = 0;
    std::string trouble; ///< why it ended by itself, for people; empty while all is well
};

/// A recording that ended. The file is a whole WAV file, however it ended.
struct RecordedTake {
    std::filesystem::path file;
    std::string device; ///< as AudioDevice::name; empty when it is not known any more
    int rateHz = 0;
    int channels = 0;
    std::int64_t frames = 0;
    std::int64_t droppedFrames = 0;
    bool clipped = false; ///< a sample reached full scale
    TakeEnd end = TakeEnd::Stopped;
    std::string trouble; ///< a sentence unless it was Stopped

    [[nodiscard]] double durationSec() const {
        return rateHz > 0 ? static_cast<double>(frames) / rateHz : 0.0;
    }
};

/// Records from a microphone at the device's own rate into a 24-bit WAV file that is whole at every
/// moment: what was spoken until a crash, a full disk or an unplugged device is kept.
///
/// Contract: PortAudio's callback copies into a ring and counts what does not fit, nothing else. A
/// thread of the recorder's own measures levels and writes. listen(), start(), stop() and close()
/// belong to one thread and may block for some hundred milliseconds; status() and resetClip() may
/// be called from any thread and never block. Nothing is played back.
class Recorder {
public:
    /// What a recording leaves free on the disk, so that the project can still note it.
    static constexpr std::uint64_t kReserveBytes = std::uint64_t{2} << 20U;

    explicit Recorder(std::uint64_t reserveBytes = kReserveBytes);
    ~Recorder(); ///< as close()
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Takes the microphone and lets the meter live. `device` as in AudioDevice::name; empty is the
    /// system's default. A recording in progress is ended first.
    /// @throws Error(Audio) naming the device and the cure.
    void listen(const std::string& device = {});
    /// Begins to keep what is heard. The file is made new; its folder must exist.
    /// @throws Error(InvalidArgument) when nothing is listened to or a recording runs; Error(Io)
    /// when the disk has no more than the reserve, or the file cannot be made or is there already.
    void start(const std::filesystem::path& file);
    /// Ends the recording, with what was on its way from the device, and listens on. Call it also
    /// when status() tells of trouble. @throws Error(InvalidArgument) when nothing was recorded.
    RecordedTake stop();
    /// Gives the microphone back. A recording in progress is ended; its file stays.
    void close();
    void resetClip(); ///< puts the clip light and the held peak out

    [[nodiscard]] RecorderStatus status() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
