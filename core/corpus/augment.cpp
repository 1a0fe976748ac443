// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/augment.h"

#include "core/audio/resampler.h"
#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr double kSilentSnrDb = 200;
constexpr double kMaxPeak = 0.99;
constexpr double kTrimPieceSec = 0.01;

double meanSquare(const std::vector<float>& samples) {
    double sum = 0;
    for (const float sample : samples)
        sum += static_cast<double>(sample) * sample;
    return sum / static_cast<double>(samples.size());
}

double peakOf(const std::vector<float>& samples) {
    double peak = 0;
    for (const float sample : samples)
        peak = std::max(peak, std::abs(static_cast<double>(sample)));
    return peak;
}

void scale(std::vector<float>& samples, double factor) {
    for (float& sample : samples)
        sample = static_cast<float>(sample * factor);
}

/// y[n] = x[n] + c x[n-1]: between 0 Hz and Nyquist the gain differs by 20 log10((1-c)/(1+c)).
void tilt(std::vector<float>& samples, double tiltDb) {
    const double ratio = std::pow(10.0, tiltDb / 20.0);
    const double c = (1 - ratio) / (1 + ratio);
    double previous = 0;
    for (float& sample : samples) {
        const double current = sample;
        sample = static_cast<float>(current + c * previous);
        previous = current;
    }
}

void addNoise(std::vector<float>& samples, double snrDb, double colour, Rng& rng) {
    std::vector<float> noise(samples.size());
    double state = 0;
    for (float& value : noise) {
        state = 0.95 * state + rng.normal();
        value = static_cast<float>((1 - colour) * rng.normal() + colour * state);
    }
    const double signal = meanSquare(samples);
    const double power = meanSquare(noise);
    const double factor = power > 0 ? std::sqrt(signal / power * std::pow(10.0, -snrDb / 10)) : 0;
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] += static_cast<float>(noise[i] * factor);
}

} // namespace

Augmentation drawAugmentation(const AugmentRanges& ranges, Rng& rng) {
    Augmentation drawn;
    drawn.speed = rng.uniform(ranges.minSpeed, ranges.maxSpeed);
    drawn.tiltDb = rng.uniform(-ranges.maxTiltDb, ranges.maxTiltDb);
    drawn.gainDb = rng.uniform(-ranges.maxGainDb, ranges.maxGainDb);
    drawn.snrDb = rng.uniform(ranges.minSnrDb, ranges.maxSnrDb);
    drawn.noiseColour = rng.uniform();
    return drawn;
}

AudioBuffer augment(const AudioBuffer& clip, const Augmentation& augmentation, Rng& rng) {
    if (clip.samples.empty())
        throw Error(ErrorCode::InvalidArgument,
                    "augment: the clip has no samples; record it again");
    if (!(augmentation.speed >= 0.5 && augmentation.speed <= 2))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("augment: speed must be between 0.5 and 2, not {}", augmentation.speed));
    AudioBuffer changed = clip;
    // Faster is the same samples called a higher rate, brought back to the clip's rate.
    changed.sampleRateHz =
        static_cast<int>(std::lround(static_cast<double>(clip.sampleRateHz) * augmentation.speed));
    changed = resample(std::move(changed), clip.sampleRateHz);
    if (augmentation.tiltDb != 0)
        tilt(changed.samples, augmentation.tiltDb);
    if (augmentation.snrDb <= kSilentSnrDb)
        addNoise(changed.samples, augmentation.snrDb, augmentation.noiseColour, rng);
    scale(changed.samples, std::pow(10.0, augmentation.gainDb / 20));
    if (peakOf(changed.samples) > kMaxPeak)
        normalisePeak(changed, kMaxPeak);
    return changed;
}

AudioBuffer trimSilence(const AudioBuffer& clip, double thresholdDb, double marginSec) {
    const double limit = peakOf(clip.samples) * std::pow(10.0, thresholdDb / 20);
    const auto piece =
        std::max<std::size_t>(1, static_cast<std::size_t>(kTrimPieceSec * clip.sampleRateHz));
    const auto loud = [&](float sample) { return std::abs(static_cast<double>(sample)) > limit; };
    const auto first = std::find_if(clip.samples.begin(), clip.samples.end(), loud);
    if (first == clip.samples.end())
        return clip;
    const auto last = std::find_if(clip.samples.rbegin(), clip.samples.rend(), loud).base();
    const auto margin = static_cast<std::size_t>(marginSec * clip.sampleRateHz);
    auto begin = static_cast<std::size_t>(first - clip.samples.begin());
    auto end = static_cast<std::size_t>(last - clip.samples.begin());
    begin = begin > margin ? (begin - margin) / piece * piece : 0;
    end = std::min(clip.samples.size(), (end + margin + piece - 1) / piece * piece);
    AudioBuffer trimmed;
    trimmed.sampleRateHz = clip.sampleRateHz;
    trimmed.samples.assign(clip.samples.begin() + static_cast<std::ptrdiff_t>(begin),
                           clip.samples.begin() + static_cast<std::ptrdiff_t>(end));
    return trimmed;
}

void normalisePeak(AudioBuffer& clip, double peak) {
    const double own = peakOf(clip.samples);
    if (own > 0)
        scale(clip.samples, peak / own);
}

} // namespace viva
