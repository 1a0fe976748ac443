// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace viva {

/// Triangular filters on the HTK mel scale without area normalisation, [bins, mels] row-major,
/// from 0 Hz to half the rate; bins = fftSize / 2 + 1.
///
/// mel(f) = 2595 log10(1 + f / 700). Computed in float32 in the order of operations of the
/// reference, because a double-precision table changes features by up to 1e-5.
/// @source torchaudio.functional.melscale_fbanks, defaults of MelSpectrogram.
[[nodiscard]] std::vector<float> melFilters(int fftSize, int melBins, int sampleRateHz);

/// Periodic Hann window, 0.5 - 0.5 cos(2 pi n / N).
[[nodiscard]] std::vector<float> hannWindow(int samples);

} // namespace viva
