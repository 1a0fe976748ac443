// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/augment.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace viva {
namespace {

AudioBuffer tone(double hertz, double seconds, double level) {
    AudioBuffer sound;
    sound.samples.resize(static_cast<std::size_t>(seconds * sound.sampleRateHz));
    for (std::size_t i = 0; i < sound.samples.size(); ++i)
        sound.samples[i] =
            static_cast<float>(level * std::sin(2 * std::numbers::pi * hertz *
                                                static_cast<double>(i) / sound.sampleRateHz));
    return sound;
}

double powerOf(const AudioBuffer& sound) {
    double sum = 0;
    for (const float sample : sound.samples)
        sum += static_cast<double>(sample) * sample;
    return sum / static_cast<double>(sound.samples.size());
}

/// Power of one frequency, by correlation with sine and cosine.
double powerAt(const AudioBuffer& sound, double hertz) {
    double sine = 0;
    double cosine = 0;
    for (std::size_t i = 0; i < sound.samples.size(); ++i) {
        const double phase =
            2 * std::numbers::pi * hertz * static_cast<double>(i) / sound.sampleRateHz;
        sine += sound.samples[i] * std::sin(phase);
        cosine += sound.samples[i] * std::cos(phase);
    }
    const auto count = static_cast<double>(sound.samples.size());
    return 2 * (sine * sine + cosine * cosine) / (count * count);
}

TEST(Augment, DefaultsChangeNothing) {
    Rng rng(1);
    const AudioBuffer clip = tone(440, 0.5, 0.5);
    EXPECT_EQ(augment(clip, {}, rng).samples, clip.samples);
}

TEST(Augment, SpeedShortensAndRaisesThePitch) {
    Rng rng(1);
    const AudioBuffer fast = augment(tone(1000, 1, 0.5), {.speed = 1.25}, rng);
    EXPECT_EQ(fast.sampleRateHz, 16000);
    EXPECT_NEAR(fast.durationSec(), 0.8, 0.001);
    EXPECT_GT(powerAt(fast, 1250), 0.9 * powerOf(fast));
    EXPECT_LT(powerAt(fast, 1000), 0.01 * powerOf(fast));
}

TEST(Augment, TiltSetsTheBalanceOfLowAndHigh) {
    for (const double tiltDb : {-6.0, 6.0}) {
        Rng rng(1);
        const double low = powerOf(augment(tone(50, 1, 0.1), {.tiltDb = tiltDb}, rng));
        const double high = powerOf(augment(tone(7950, 1, 0.1), {.tiltDb = tiltDb}, rng));
        EXPECT_NEAR(10 * std::log10(high / low), tiltDb, 0.1);
    }
}

TEST(Augment, NoiseHasTheAskedDistance) {
    for (const double colour : {0.0, 1.0}) {
        Rng rng(3);
        const AudioBuffer clip = tone(440, 2, 0.3);
        AudioBuffer noise = augment(clip, {.snrDb = 20, .noiseColour = colour}, rng);
        for (std::size_t i = 0; i < clip.samples.size(); ++i)
            noise.samples[i] -= clip.samples[i];
        EXPECT_NEAR(10 * std::log10(powerOf(clip) / powerOf(noise)), 20, 0.01);
    }
}

TEST(Augment, NeverClips) {
    Rng rng(1);
    const AudioBuffer loud = augment(tone(440, 0.5, 0.9), {.gainDb = 12}, rng);
    const float peak = *std::max_element(loud.samples.begin(), loud.samples.end());
    EXPECT_NEAR(peak, 0.99, 0.001);
    EXPECT_NEAR(powerAt(loud, 440), powerOf(loud), 1e-3);
}

TEST(Augment, SameSeedGivesTheSameSamples) {
    const AudioBuffer clip = tone(440, 0.5, 0.3);
    const auto make = [&](std::uint64_t seed) {
        Rng rng(seed, "augment");
        const Augmentation drawn = drawAugmentation({}, rng);
        EXPECT_GE(drawn.speed, 0.87);
        EXPECT_LE(drawn.speed, 1.15);
        EXPECT_GE(drawn.snrDb, 15);
        EXPECT_LE(drawn.snrDb, 40);
        return augment(clip, drawn, rng).samples;
    };
    EXPECT_EQ(make(1), make(1));
    EXPECT_NE(make(1), make(2));
}

TEST(Augment, RefusesWhatItCannotDo) {
    Rng rng(1);
    for (const double speed : {0.0, 3.0, std::nan("")}) {
        try {
            (void)augment(tone(440, 0.1, 0.3), {.speed = speed}, rng);
            FAIL();
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
    }
    try {
        (void)augment({}, {}, rng);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

TEST(TrimSilence, CutsBothEndsAndKeepsTheMargin) {
    AudioBuffer clip;
    clip.samples.assign(16000, 0.0001f);
    const AudioBuffer speech = tone(440, 0.5, 0.5);
    clip.samples.insert(clip.samples.end(), speech.samples.begin(), speech.samples.end());
    clip.samples.insert(clip.samples.end(), 8000, 0.0f);
    const AudioBuffer trimmed = trimSilence(clip, -45, 0.1);
    EXPECT_NEAR(trimmed.durationSec(), 0.7, 0.021);
    EXPECT_NEAR(powerOf(trimmed) * trimmed.durationSec(), powerOf(speech) * 0.5, 1e-4);
    AudioBuffer silence;
    silence.samples.assign(100, 0.0f);
    EXPECT_EQ(trimSilence(silence, -45, 0.1).samples.size(), 100u);
    normalisePeak(silence, 0.7);
    EXPECT_EQ(silence.samples.front(), 0.0f);
}

} // namespace
} // namespace viva
