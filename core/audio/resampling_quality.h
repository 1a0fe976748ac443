// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"

#include <functional>

namespace viva {

/// How true a conversion between two rates is, measured with pure tones; the worst of all tones.
struct ResamplingQuality {
    int tones = 0;
    double gainErrorDb = 0.0;     ///< up to 0.9 of the lower Nyquist frequency
    double distortionDb = -240.0; ///< all that is not the tone, against it, same range
    double stopBandDb = -240.0;   ///< what is left of tones from the new Nyquist frequency up
    double shiftSamples = 0.0;    ///< shift in time, in samples of the new rate
};

using ResampleFunction = std::function<AudioBuffer(AudioBuffer, int rateHz)>;

/// Sends one second of tones of half full scale through the conversion (resample() by default), and
/// fits a sinusoid of the same frequency to the middle half by least squares.
[[nodiscard]] ResamplingQuality measureResampling(int fromHz, int toHz,
                                                  const ResampleFunction& convert = {});

} // namespace viva
