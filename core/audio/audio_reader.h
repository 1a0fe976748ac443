// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_file.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace viva {

/// Reads a sound file piece by piece, channels mixed to mono by their mean: hours in little memory.
/// Belongs to one thread at a time.
class AudioReader {
public:
    /// @throws Error as probeAudioFile.
    explicit AudioReader(const std::filesystem::path& path);
    ~AudioReader();
    AudioReader(AudioReader&&) noexcept;
    AudioReader& operator=(AudioReader&&) noexcept;

    [[nodiscard]] const AudioFileInfo& info() const;
    /// The next samples; @return how many, less than wanted only at the end of what can be decoded.
    std::size_t read(std::span<float> samples);
    /// Goes to a sample; beyond the end nothing comes any more. @return whether the file could.
    bool seek(std::int64_t sample);
    /// Decoding stopped because the file is damaged, not because it is over.
    [[nodiscard]] bool broken() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
