// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/clip_edit.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr double kFadeSec = 0.002;
constexpr double kMostGainDb = 60.0;

[[noreturn]] void refuse(const std::string& what) {
    throw Error(ErrorCode::InvalidArgument, "The sound was not changed: " + what);
}

AudioBuffer trim(const AudioBuffer& buffer, const AudioEdit& edit) {
    const double whole = buffer.durationSec();
    const double to = edit.toSec < 0 ? whole : edit.toSec;
    if (!(edit.fromSec >= 0) || !(to <= whole + 1e-9) || !(edit.fromSec < to))
        refuse(fmt::format("{:.3f} s to {:.3f} s is no stretch of a clip of {:.3f} s; select "
                           "another",
                           edit.fromSec, to, whole));
    const std::size_t size = buffer.samples.size();
    const auto sampleAt = [&](double seconds) {
        return std::min(size, static_cast<std::size_t>(std::llround(
                                  seconds * static_cast<double>(buffer.sampleRateHz))));
    };
    const std::size_t first = sampleAt(edit.fromSec);
    const std::size_t last = sampleAt(to);
    if (first >= last)
        refuse("the stretch holds no sample; select a longer one");
    AudioBuffer out{{buffer.samples.begin() + static_cast<std::ptrdiff_t>(first),
                     buffer.samples.begin() + static_cast<std::ptrdiff_t>(last)},
                    buffer.sampleRateHz};
    const std::size_t fade =
        std::min(out.samples.size() / 2, static_cast<std::size_t>(kFadeSec * buffer.sampleRateHz));
    for (std::size_t i = 0; i < fade; ++i) {
        const float part = (static_cast<float>(i) + 0.5F) / static_cast<float>(fade);
        if (first > 0)
            out.samples[i] *= part;
        if (last < size)
            out.samples[out.samples.size() - 1 - i] *= part;
    }
    return out;
}

float peakOf(const AudioBuffer& buffer) {
    float peak = 0.0F;
    for (const float sample : buffer.samples)
        peak = std::max(peak, std::abs(sample));
    return peak;
}

} // namespace

AudioBuffer editAudio(const AudioBuffer& buffer, const AudioEdit& edit) {
    AudioBuffer out = trim(buffer, edit);
    if (!edit.normaliseToDb && edit.gainDb == 0)
        return out;
    const double peak = static_cast<double>(peakOf(out));
    double factor = std::pow(10.0, edit.gainDb / 20.0);
    if (edit.normaliseToDb) {
        if (!(*edit.normaliseToDb <= 0) || *edit.normaliseToDb < -kMostGainDb)
            refuse(fmt::format("the peak can be set to {} to 0 dB, not to {} dB", -kMostGainDb,
                               *edit.normaliseToDb));
        if (peak <= 0)
            refuse("silence cannot be normalised; record it again");
        factor = std::pow(10.0, *edit.normaliseToDb / 20.0) / peak;
    } else if (!(std::abs(edit.gainDb) <= kMostGainDb)) {
        refuse(fmt::format("a gain of {} dB is beyond {} dB", edit.gainDb, kMostGainDb));
    } else if (peak * factor > 1.0 && factor > 1.0) {
        refuse(fmt::format("a gain of {:.1f} dB would clip it; at most {:.1f} dB fit", edit.gainDb,
                           std::floor(-200.0 * std::log10(peak)) / 10.0));
    }
    for (float& sample : out.samples)
        sample = static_cast<float>(static_cast<double>(sample) * factor);
    return out;
}

AudioEncoding losslessEncoding(const AudioBuffer& buffer) {
    const bool sixteen =
        std::all_of(buffer.samples.begin(), buffer.samples.end(), [](float sample) {
            const float value = sample * 32768.0F;
            return value == std::nearbyint(value) && value >= -32768.0F && value <= 32767.0F;
        });
    return sixteen && buffer.sampleRateHz <= 655350 ? AudioEncoding::Flac16
                                                    : AudioEncoding::WavFloat;
}

const char* extensionOf(AudioEncoding encoding) {
    switch (encoding) {
    case AudioEncoding::Flac16:
        return ".flac";
    case AudioEncoding::Opus:
        return ".opus";
    default:
        return ".wav";
    }
}

} // namespace viva
