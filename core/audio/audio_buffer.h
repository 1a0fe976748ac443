// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

namespace viva {

/// Mono sound in memory.
///
/// The words used in this folder: a *sample* is one number of one channel; a *frame of a file* is
/// one sample of every channel at one moment, so that in a mono buffer frames and samples are the
/// same count; a *mel frame* is one step of the log-mel picture (a hop of samples), and an *encoder
/// frame* two of them stacked. Indices start at 0 and ranges are half open, [first, last). Samples
/// are float32 with full scale at -1 and +1; values beyond are kept, not clipped. Rates are in Hz,
/// times in seconds, as their names say.
struct AudioBuffer {
    std::vector<float> samples;
    int sampleRateHz = 16000;

    [[nodiscard]] double durationSec() const {
        return sampleRateHz > 0 ? static_cast<double>(samples.size()) / sampleRateHz : 0.0;
    }
};

} // namespace viva
