// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/resampler.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>
#include <vector>

namespace viva::test {

/// Human speech of Debian's pocketsphinx-testdata; empty where it is not installed.
inline std::filesystem::path
speechFile(const char* name = "librivox/sense_and_sensibility_01_austen_64kb-0880.wav") {
    const auto file = std::filesystem::path("/usr/share/pocketsphinx/test/data") / name;
    return std::filesystem::exists(file) ? file : std::filesystem::path();
}

/// Normalised correlation of `want` with the part of `heard` that begins at `shift`.
inline double correlationAt(std::span<const float> heard, std::span<const float> want,
                            std::ptrdiff_t shift, std::size_t stride = 1) {
    double dot = 0.0;
    double own = 1e-12;
    double other = 1e-12;
    for (std::size_t i = 0; i < want.size(); i += stride) {
        const auto at = static_cast<std::ptrdiff_t>(i) + shift;
        const double a =
            at >= 0 && at < std::ssize(heard) ? heard[static_cast<std::size_t>(at)] : 0.0F;
        dot += a * want[i];
        own += a * a;
        other += static_cast<double>(want[i]) * want[i];
    }
    return dot / std::sqrt(own * other);
}

/// The whole of `want` against what was heard at the place where they match best: 1 only when it
/// was heard whole, in step and unchanged in shape. Aligned at 48 kHz, to a third of a sample.
inline double alignedCorrelation(const AudioBuffer& heard, const AudioBuffer& want) {
    const AudioBuffer coarseHeard = resample(heard, 8000);
    const AudioBuffer coarseWant = resample(want, 8000);
    std::ptrdiff_t best = 0;
    double highest = -1.0;
    const std::ptrdiff_t last = std::ssize(coarseHeard.samples);
    for (std::ptrdiff_t shift = -400; shift < last; ++shift) {
        const double value = correlationAt(coarseHeard.samples, coarseWant.samples, shift, 5);
        if (value > highest) {
            highest = value;
            best = shift;
        }
    }
    const AudioBuffer fineHeard = resample(heard, 48000);
    const AudioBuffer fineWant = resample(want, 48000);
    double found = -1.0;
    for (std::ptrdiff_t shift = best * 6 - 12; shift <= best * 6 + 12; ++shift)
        found = std::max(found, correlationAt(fineHeard.samples, fineWant.samples, shift));
    return found;
}

} // namespace viva::test
