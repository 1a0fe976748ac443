// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/play_source.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/features/log_mel.h"
#include "tests/support/sound_compare.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>

namespace viva {
namespace {

std::shared_ptr<const AudioBuffer> buffer(std::size_t count, int rateHz,
                                          const std::function<double(double)>& at) {
    AudioBuffer out{std::vector<float>(count), rateHz};
    for (std::size_t i = 0; i < count; ++i)
        out.samples[i] = static_cast<float>(at(static_cast<double>(i) / rateHz));
    return std::make_shared<const AudioBuffer>(std::move(out));
}

std::shared_ptr<const AudioBuffer> tone(double hertz, double durationSec, int rateHz = 16000) {
    return buffer(static_cast<std::size_t>(durationSec * rateHz), rateHz,
                  [hertz](double t) { return 0.5 * std::sin(2 * 3.14159265358979 * hertz * t); });
}

std::vector<float> all(PlaySource& source, std::size_t most = 1000000, std::size_t block = 333) {
    std::vector<float> out;
    std::vector<float> part(block);
    while (out.size() < most) {
        const std::size_t got = source.fill(part);
        out.insert(out.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(got));
        if (got < part.size())
            break;
    }
    return out;
}

double frequencyOf(const std::vector<float>& samples, int rateHz) {
    int crossings = 0;
    for (std::size_t i = 1; i < samples.size(); ++i)
        crossings += samples[i - 1] < 0 && samples[i] >= 0 ? 1 : 0;
    return static_cast<double>(crossings) * rateHz / static_cast<double>(samples.size());
}

TEST(PlaySource, AStretchIsGivenSampleForSample) {
    const auto clip = tone(333, 1.0);
    PlaySource source(clip, {0.25, 0.75, false, 0, 1.0});
    const std::vector<float> got = all(source);
    ASSERT_EQ(got.size(), 8000u);
    EXPECT_TRUE(std::equal(got.begin(), got.end(), clip->samples.begin() + 4000));
    EXPECT_DOUBLE_EQ(source.placeSec(0), 0.25);
    EXPECT_DOUBLE_EQ(source.placeSec(0.3), 0.55);
    EXPECT_DOUBLE_EQ(source.placeSec(9), 0.75);
}

TEST(PlaySource, ALoopBeginsAnywhereAndComesBackToItsBeginning) {
    const auto clip = buffer(100, 1000, [](double t) { return t; }); // sample i is i / 1000
    PlaySource source(clip, {0.05, 0.06, true, 0.04, 1.0});
    const std::vector<float> got = all(source, 40, 7);
    EXPECT_FLOAT_EQ(got[0], 0.050F);
    EXPECT_FLOAT_EQ(got[9], 0.059F);
    EXPECT_FLOAT_EQ(got[10], 0.040F);
    EXPECT_FLOAT_EQ(got[29], 0.059F);
    EXPECT_FLOAT_EQ(got[30], 0.040F);
    EXPECT_NEAR(source.placeSec(0.012), 0.042, 1e-9);
    EXPECT_NEAR(source.placeSec(0.032), 0.042, 1e-9);
}

TEST(PlaySource, OtherSpeedsChangeTheLengthAndNotThePitch) {
    for (const double speed : {0.5, 0.75, 1.25, 1.5, 2.0}) {
        PlaySource source(tone(220, 2.0), {0, -1, false, 0, speed});
        const std::vector<float> got = all(source);
        EXPECT_EQ(got.size(), static_cast<std::size_t>(std::ceil(32000 / speed))) << speed;
        EXPECT_NEAR(frequencyOf(got, 16000), 220, 3) << speed;
        double squares = 0;
        for (const float sample : got)
            squares += static_cast<double>(sample) * sample;
        EXPECT_NEAR(std::sqrt(squares / static_cast<double>(got.size())), 0.5 / std::sqrt(2), 0.01)
            << "pieces that fit do not cancel at " << speed;
        EXPECT_NEAR(source.placeSec(0.5), 0.5 * speed, 1e-9);
    }
}

TEST(PlaySource, SlowSpeechSoundsLikeTheSpeech) {
    const auto file = test::speechFile();
    if (file.empty())
        GTEST_SKIP() << "pocketsphinx-testdata is not installed";
    const auto clip = std::make_shared<const AudioBuffer>(readAudioFile(file));
    PlaySource source(clip, {0, -1, false, 0, 0.5});
    const std::vector<float> slow = all(source);
    const LogMel mel;
    const Features plain = mel.computeMelFrames(clip->samples);
    const Features stretched = mel.computeMelFrames(slow);
    ASSERT_NEAR(stretched.frames, 2 * plain.frames, 4);
    double difference = 0;
    double spread = 0;
    const auto bins = static_cast<std::size_t>(plain.width);
    for (int frame = 2; frame < plain.frames - 2; ++frame)
        for (std::size_t bin = 0; bin < bins; ++bin) {
            const auto a = static_cast<std::size_t>(frame) * bins + bin;
            const auto b = static_cast<std::size_t>(2 * frame) * bins + bin;
            difference += std::abs(plain.values[a] - stretched.values[b]);
            spread +=
                std::abs(plain.values[a] -
                         stretched.values[(b + 40 * bins) % (stretched.values.size() - bins)]);
        }
    EXPECT_LT(difference, 0.35 * spread) << "each moment like itself, not like another";
}

TEST(PlaySource, ALoopAtAnotherSpeedGoesOn) {
    PlaySource source(tone(200, 1.0), {0.2, 0.6, true, 0.2, 2.0});
    EXPECT_EQ(all(source, 16000, 500).size(), 16000u);
    EXPECT_NEAR(source.placeSec(0.25), 0.3, 1e-9);
}

TEST(PlaySource, NothingToPlayIsEmptyAndNonsenseRefused) {
    PlaySource beyond(tone(200, 1.0), {2.0, -1, false, 0, 1.0});
    EXPECT_TRUE(beyond.empty());
    std::vector<float> out(10);
    EXPECT_EQ(beyond.fill(out), 0u);
    EXPECT_THROW(PlaySource(tone(200, 1.0), {0, -1, false, 0, 3.0}), Error);
    EXPECT_THROW(PlaySource(tone(200, 1.0), {0, -1, false, 0, NAN}), Error);
    EXPECT_THROW(PlaySource(std::make_shared<const AudioBuffer>(), {}), Error);
    EXPECT_THROW(PlaySource(nullptr, {}), Error);
}

} // namespace
} // namespace viva
