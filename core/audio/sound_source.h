// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_file.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace viva {

/// A stretch of a sound file at random access, mixed to mono: short ones in memory, long ones read
/// from the disk as they are asked for. May be used from several threads.
class SoundSource {
public:
    /// Longer stretches stay on the disk (four minutes at 16 kHz).
    static constexpr std::int64_t kMostInMemory = 4 << 20;

    /// @param toSec negative = to the end; a stretch is clamped to the file
    /// @throws Error as probeAudioFile; Error(Format) for a short file that is damaged within,
    /// Error(InvalidArgument) for a stretch that holds nothing.
    explicit SoundSource(const std::filesystem::path& path, double fromSec = 0, double toSec = -1);
    ~SoundSource();
    SoundSource(const SoundSource&) = delete;
    SoundSource& operator=(const SoundSource&) = delete;

    [[nodiscard]] const AudioFileInfo& file() const; ///< of the whole file
    [[nodiscard]] const std::filesystem::path& path() const;
    [[nodiscard]] std::int64_t sampleCount() const;
    [[nodiscard]] int sampleRateHz() const;
    [[nodiscard]] double startSec() const; ///< of the stretch, in the file
    [[nodiscard]] double durationSec() const;
    /// All samples where they are in memory, else empty.
    [[nodiscard]] std::span<const float> samples() const;
    /// Samples from `first` on, zeros outside the stretch; may wait for the disk.
    void read(std::int64_t first, std::span<float> out) const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
