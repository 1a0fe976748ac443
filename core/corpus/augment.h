// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "core/base/rng.h"

namespace viva {

/// Ranges from which a clip's changes are drawn, each uniform.
struct AugmentRanges {
    double minSpeed = 0.87; ///< playback speed; pitch and formants move with it
    double maxSpeed = 1.15;
    double maxTiltDb = 6; ///< spectral tilt between 0 and Nyquist, either way
    double maxGainDb = 6;
    double minSnrDb = 15; ///< white or pink noise
    double maxSnrDb = 40;
};

/// What is done to one clip. The defaults change nothing.
struct Augmentation {
    double speed = 1;
    double tiltDb = 0; ///< gain at Nyquist less gain at 0 Hz; above 0 is brighter
    double gainDb = 0;
    double snrDb = 1000;    ///< above 200: no noise
    double noiseColour = 0; ///< 0 white to 1 mostly low frequencies
};

[[nodiscard]] Augmentation drawAugmentation(const AugmentRanges& ranges, Rng& rng);

/// Applies the changes in the order speed, tilt, noise, gain; the rate stays. Peaks above 0.99 are
/// scaled back as a whole. The random numbers are those of the noise.
/// @throws Error(InvalidArgument) for an empty clip or a speed outside 0.5 to 2.
[[nodiscard]] AudioBuffer augment(const AudioBuffer& clip, const Augmentation& augmentation,
                                  Rng& rng);

/// Cuts silence (below `thresholdDb` of the peak, in 10 ms pieces) off both ends, keeping
/// `marginSec`.
[[nodiscard]] AudioBuffer trimSilence(const AudioBuffer& clip, double thresholdDb,
                                      double marginSec);

/// Scales so that the largest sample is `peak`. Silence stays.
void normalisePeak(AudioBuffer& clip, double peak);

} // namespace viva
