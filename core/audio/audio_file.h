// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"

#include <cstdint>
#include <filesystem>
#include <string>

namespace viva {

/// What a sound file says about itself.
struct AudioFileInfo {
    std::int64_t frames = 0; ///< samples per channel
    int sampleRateHz = 0;
    int channels = 0;
    std::string format; ///< for people: "WAV (Microsoft), Signed 16 bit PCM"
    double durationSec = 0.0;
};

struct AudioReadOptions {
    double maxDurationSec = 3600.0; ///< longer files are refused before they fill the memory
};

/// Reads the header only.
/// @throws Error(NotFound) where there is no file; Error(Io) for a folder or no permission;
/// Error(Format) for an empty, broken, truncated or unknown file, one without samples, with a rate
/// outside 1 to 768 kHz or more than 32 channels. Messages name the file and the cure.
[[nodiscard]] AudioFileInfo probeAudioFile(const std::filesystem::path& path);

/// The whole file at its own rate, channels mixed to mono by their mean. 16-bit samples are divided
/// by 32768; floating-point values beyond +-1 are kept.
/// @throws as probeAudioFile; Error(Format) also where decoding stops early or a sample is not a
/// finite number; Error(InvalidArgument) for a file longer than the limit.
[[nodiscard]] AudioBuffer readAudioFile(const std::filesystem::path& path,
                                        const AudioReadOptions& options = {});

/// A stretch of the file, as readAudioFile gives it; only that stretch is decoded.
/// @throws as readAudioFile; Error(InvalidArgument) where it does not lie in the file.
[[nodiscard]] AudioBuffer readAudioRange(const std::filesystem::path& path, double startSec,
                                         double lengthSec);

/// Decodes the whole file in constant memory and keeps nothing. @throws as readAudioFile, but for
/// any length.
void verifyAudioFile(const std::filesystem::path& path);

/// readAudioFile, then resampled to the model's rate.
[[nodiscard]] AudioBuffer readAudioForModel(const std::filesystem::path& path, int rateHz = 16000,
                                            const AudioReadOptions& options = {});

enum class AudioEncoding {
    Wav16,    ///< clipped to 16 bits; values k / 32768 come back exactly
    WavFloat, ///< exact
    Flac16,   ///< as Wav16, about half the size
    Opus      ///< lossy, in Ogg; rates 8, 12, 16, 24 and 48 kHz
};

struct AudioWriteOptions {
    int opusBitsPerSec = 24000; ///< 6000 to 256000; 16000 to 32000 is plenty for speech
};

/// Writes a mono file; a failure leaves what was there untouched.
/// @throws Error(InvalidArgument) for an empty buffer, samples that are not finite, or a rate the
/// encoding has not; Error(Io) when the file cannot be written; Error(Audio) when encoding fails.
void writeAudioFile(const std::filesystem::path& path, const AudioBuffer& buffer,
                    AudioEncoding encoding, const AudioWriteOptions& options = {});

} // namespace viva
