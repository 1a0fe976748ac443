// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/resampling_quality.h"

#include "core/audio/resampler.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace viva {
namespace {

constexpr double kAmplitude = 0.5;
constexpr double kPhase = 0.3;
constexpr double kToneRms = kAmplitude / std::numbers::sqrt2;

double decibels(double ratio) {
    return 20.0 * std::log10(std::max(ratio, 1e-12));
}

double angleAt(double frequencyHz, int rateHz, std::size_t sample) {
    return 2.0 * std::numbers::pi * frequencyHz * static_cast<double>(sample) / rateHz;
}

AudioBuffer tone(int rateHz, double frequencyHz) {
    AudioBuffer buffer{std::vector<float>(static_cast<std::size_t>(rateHz)), rateHz};
    for (std::size_t i = 0; i < buffer.samples.size(); ++i)
        buffer.samples[i] =
            static_cast<float>(kAmplitude * std::sin(angleAt(frequencyHz, rateHz, i) + kPhase));
    return buffer;
}

struct ToneFit {
    double amplitude;
    double phase;
    double restRms;
};

ToneFit fitTone(const AudioBuffer& buffer, double frequencyHz) {
    const std::size_t first = buffer.samples.size() / 4;
    const std::size_t last = buffer.samples.size() * 3 / 4;
    double sinSin = 0;
    double sinCos = 0;
    double cosCos = 0;
    double sinY = 0;
    double cosY = 0;
    for (std::size_t i = first; i < last; ++i) {
        const double angle = angleAt(frequencyHz, buffer.sampleRateHz, i);
        const double s = std::sin(angle);
        const double c = std::cos(angle);
        sinSin += s * s;
        sinCos += s * c;
        cosCos += c * c;
        sinY += s * buffer.samples[i];
        cosY += c * buffer.samples[i];
    }
    const double determinant = sinSin * cosCos - sinCos * sinCos;
    const double a = (sinY * cosCos - cosY * sinCos) / determinant;
    const double b = (cosY * sinSin - sinY * sinCos) / determinant;
    double rest = 0;
    for (std::size_t i = first; i < last; ++i) {
        const double angle = angleAt(frequencyHz, buffer.sampleRateHz, i);
        const double error = buffer.samples[i] - a * std::sin(angle) - b * std::cos(angle);
        rest += error * error;
    }
    return {std::hypot(a, b), std::atan2(b, a),
            std::sqrt(rest / static_cast<double>(last - first))};
}

double rmsOfMiddle(const AudioBuffer& buffer) {
    const std::size_t first = buffer.samples.size() / 4;
    const std::size_t last = buffer.samples.size() * 3 / 4;
    double squares = 0;
    for (std::size_t i = first; i < last; ++i)
        squares += static_cast<double>(buffer.samples[i]) * buffer.samples[i];
    return std::sqrt(squares / static_cast<double>(last - first));
}

} // namespace

ResamplingQuality measureResampling(int fromHz, int toHz, const ResampleFunction& convert) {
    const ResampleFunction run = convert ? convert : ResampleFunction(resample);
    const double topHz = std::min(fromHz, toHz) / 2.0;
    ResamplingQuality quality;
    for (const double share : {0.01, 0.05, 0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9}) {
        const double frequencyHz = topHz * share;
        const ToneFit fit = fitTone(run(tone(fromHz, frequencyHz), toHz), frequencyHz);
        const double turn = std::remainder(fit.phase - kPhase, 2.0 * std::numbers::pi);
        const double shift = std::abs(turn) / (2.0 * std::numbers::pi) * toHz / frequencyHz;
        quality.gainErrorDb =
            std::max(quality.gainErrorDb, std::abs(decibels(fit.amplitude / kAmplitude)));
        quality.distortionDb = std::max(quality.distortionDb, decibels(fit.restRms / kToneRms));
        quality.shiftSamples = std::max(quality.shiftSamples, shift);
        ++quality.tones;
    }
    for (const double share : {1.0, 1.02, 1.05, 1.1, 1.2, 1.5, 2.0, 2.5}) {
        const double frequencyHz = toHz / 2.0 * share;
        if (fromHz <= toHz || frequencyHz >= fromHz / 2.0)
            continue;
        const double left = rmsOfMiddle(run(tone(fromHz, frequencyHz), toHz));
        quality.stopBandDb = std::max(quality.stopBandDb, decibels(left / kToneRms));
        ++quality.tones;
    }
    return quality;
}

} // namespace viva
