// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace viva {

/// What a meter shows, in dB of full scale (dBFS): 0 is the largest value a file holds. A
/// full-scale sine reads 0 in peak and -3.01 in rms. Silence reads kSilenceDb.
struct SoundLevel {
    static constexpr double kSilenceDb = -120.0;

    double peakDb = kSilenceDb; ///< largest sample of the last 50 ms, of any channel
    double rmsDb = kSilenceDb;  ///< of the last 300 ms, over all channels
    double heldDb = kSilenceDb; ///< largest sample of the last 1.5 s
    bool clipped = false;       ///< a sample reached full scale since resetClip()
};

[[nodiscard]] double amplitudeToDb(double amplitude);

/// Peak, RMS, held peak and clipping of sound that arrives piece by piece; one thread.
class LevelMeasure {
public:
    /// A 16-bit converter's largest value counts as full scale.
    static constexpr float kFullScale = 32767.0F / 32768.0F;

    LevelMeasure(int rateHz, int channels);

    /// Interleaved frames.
    void add(std::span<const float> samples);
    void resetClip();
    [[nodiscard]] SoundLevel level() const;

private:
    struct Bin {
        float peak = 0.0F;
        double squares = 0.0;
        std::size_t samples = 0;
    };

    std::size_t m_binSamples;
    std::vector<Bin> m_bins; ///< a ring of 10 ms each; the newest at m_at
    std::size_t m_at = 0;
    bool m_clipped = false;
};

} // namespace viva
