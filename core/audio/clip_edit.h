// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "core/audio/audio_file.h"

#include <optional>

namespace viva {

/// What is to be done to a clip's sound, in this order: trim, then loudness.
struct AudioEdit {
    double fromSec = 0;
    double toSec = -1; ///< negative = to the end
    double gainDb = 0;
    /// Sets the largest sample to this many dB of full scale; gainDb is then left aside.
    std::optional<double> normaliseToDb;
};

/// The edited audio; `buffer` is left as it is. Trimmed ends fade over 2 ms so that they do not
/// click.
/// @throws Error(InvalidArgument) for an empty stretch, one outside the clip, a gain beyond +-60 dB
/// or one that pushes samples over full scale (the message says how much fits), and silence that
/// is to be normalised.
[[nodiscard]] AudioBuffer editAudio(const AudioBuffer& buffer, const AudioEdit& edit);

/// The smallest lossless encoding: 16 bits in FLAC where every sample is a 16-bit value, else
/// floats.
[[nodiscard]] AudioEncoding losslessEncoding(const AudioBuffer& buffer);
/// ".flac", ".wav" or ".opus".
[[nodiscard]] const char* extensionOf(AudioEncoding encoding);

} // namespace viva
