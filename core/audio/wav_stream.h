// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

namespace viva {

/// A WAV file (24 bit PCM) that is written while the sound comes in and is whole at every moment:
/// the header's sizes follow what is written, and what does not fit on the disk is truncated at a
/// frame.
///
/// The file is locked (flock) while the object lives, so that another process sees that it is being
/// written.
class WavStream {
public:
    enum class Result { Ok, DiskFull, SizeLimit };

    /// @throws Error(Io) when the file is there already or cannot be made.
    WavStream(const std::filesystem::path& path, int rateHz, int channels);
    ~WavStream(); ///< as finish(), without throwing
    WavStream(const WavStream&) = delete;
    WavStream& operator=(const WavStream&) = delete;

    /// Interleaved frames; values beyond full scale are clipped. What fits is kept.
    /// @throws Error(Io) when the disk fails in another way than by being full.
    [[nodiscard]] Result write(std::span<const float> samples);
    /// Brings the header to what is written; `toDisk` also waits until the disk has it.
    void update(bool toDisk);
    /// Ends and closes the file. @throws Error(Io) when the disk fails.
    void finish();

    [[nodiscard]] std::int64_t frames() const;
    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    /// Frames that still go into the format: sizes are 32-bit numbers.
    [[nodiscard]] std::int64_t framesLeft() const;

private:
    std::filesystem::path m_path;
    int m_descriptor = -1;
    int m_rateHz;
    int m_channels;
    std::uint64_t m_bytes = 0; ///< of sound
    std::vector<unsigned char> m_block;
};

/// Makes a WAV file whole whose writer died: the header's sizes are set to what the file holds, cut
/// to whole frames. A file that a living process still writes is left alone.
/// @return frames; 0 when it holds none or is still being written.
/// @throws Error(Format) when it is no file of WavStream, Error(Io) when it cannot be changed.
std::int64_t repairWavStream(const std::filesystem::path& path);

/// Whether a process holds it as a WavStream now.
[[nodiscard]] bool isBeingWritten(const std::filesystem::path& path);

} // namespace viva
