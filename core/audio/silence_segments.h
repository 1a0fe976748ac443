// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

namespace viva {

class AudioReader;

struct SegmentationOptions {
    /// Quieter than this (RMS of 10 ms, dBFS) is silence; left out, it is found between the level
    /// of the pauses and that of the speech.
    std::optional<double> thresholdDb;
    double minSilenceSec = 0.4; ///< shorter pauses stay within a clip
    double minSpeechSec = 0.15; ///< shorter sounds are clicks and left out
    double maxClipSec = 20.0;   ///< longer ones are split at their quietest place
    double marginSec = 0.15;    ///< silence that stays at both ends
};

/// A part of a recording, [fromSec, toSec).
struct AudioSegment {
    double fromSec = 0;
    double toSec = 0;
};

/// Where the speech of a long recording lies, in order and without overlap. Empty for silence.
/// @param levels RMS of each 10 ms in dBFS
/// @throws Error(InvalidArgument) for options that make no sense.
[[nodiscard]] std::vector<AudioSegment> segmentAtSilence(std::span<const float> levels,
                                                         const SegmentationOptions& options = {});

/// Reads the file to its end, in little memory: RMS of each 10 ms in dBFS, not a number where a
/// sample is none. `goOn` is asked now and
/// then with the share that is read; false ends early with what there is.
[[nodiscard]] std::vector<float> levelsOf(AudioReader& reader,
                                          const std::function<bool(double)>& goOn = {});

} // namespace viva
