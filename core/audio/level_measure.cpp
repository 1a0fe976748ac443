// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/level_measure.h"

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr std::size_t kBins = 150; // 10 ms each
constexpr std::size_t kPeakBins = 5;
constexpr std::size_t kRmsBins = 30;

} // namespace

double amplitudeToDb(double amplitude) {
    return std::max(SoundLevel::kSilenceDb, 20.0 * std::log10(std::max(amplitude, 1e-12)));
}

LevelMeasure::LevelMeasure(int rateHz, int channels)
    : m_binSamples(static_cast<std::size_t>(std::max(1, rateHz / 100)) *
                   static_cast<std::size_t>(std::max(1, channels))),
      m_bins(kBins) {}

void LevelMeasure::add(std::span<const float> samples) {
    for (const float sample : samples) {
        if (m_bins[m_at].samples == m_binSamples) {
            m_at = (m_at + 1) % kBins;
            m_bins[m_at] = {};
        }
        Bin& bin = m_bins[m_at];
        const float size = std::abs(sample);
        bin.peak = std::max(bin.peak, size);
        bin.squares += static_cast<double>(sample) * sample;
        ++bin.samples;
        m_clipped = m_clipped || size >= kFullScale;
    }
}

void LevelMeasure::resetClip() {
    m_clipped = false;
    for (Bin& bin : m_bins)
        bin.peak = 0.0F;
}

SoundLevel LevelMeasure::level() const {
    SoundLevel level;
    float peak = 0.0F;
    float held = 0.0F;
    double squares = 0.0;
    std::size_t samples = 0;
    for (std::size_t age = 0; age < kBins; ++age) {
        const Bin& bin = m_bins[(m_at + kBins - age) % kBins];
        held = std::max(held, bin.peak);
        if (age < kPeakBins)
            peak = std::max(peak, bin.peak);
        if (age < kRmsBins) {
            squares += bin.squares;
            samples += bin.samples;
        }
    }
    level.peakDb = amplitudeToDb(static_cast<double>(peak));
    level.heldDb = amplitudeToDb(static_cast<double>(held));
    if (samples > 0)
        level.rmsDb = amplitudeToDb(std::sqrt(squares / static_cast<double>(samples)));
    level.clipped = m_clipped;
    return level;
}

} // namespace viva
