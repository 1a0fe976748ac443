// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/silence_segments.h"

#include "core/audio/audio_reader.h"
#include "core/base/error.h"
#include "core/base/rng.h"
#include "tests/support/sound_compare.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

namespace viva {
namespace {

/// Levels from stretches of (seconds, dB).
std::vector<float> levels(std::initializer_list<std::pair<double, double>> parts) {
    std::vector<float> out;
    for (const auto& [seconds, decibels] : parts)
        out.insert(out.end(), static_cast<std::size_t>(seconds * 100 + 0.5),
                   static_cast<float>(decibels));
    return out;
}

TEST(SegmentAtSilence, TwoSentencesBecomeTwoClipsWithMargins) {
    const auto clips = segmentAtSilence(levels({{1, -60}, {2, -20}, {1, -60}, {3, -20}, {1, -60}}));
    ASSERT_EQ(clips.size(), 2u);
    EXPECT_NEAR(clips[0].fromSec, 0.85, 1e-9);
    EXPECT_NEAR(clips[0].toSec, 3.15, 1e-9);
    EXPECT_NEAR(clips[1].fromSec, 3.85, 1e-9);
    EXPECT_NEAR(clips[1].toSec, 7.15, 1e-9);
}

TEST(SegmentAtSilence, ShortPausesStayAndClicksGo) {
    const auto clips = segmentAtSilence(
        levels({{1, -60}, {1, -20}, {0.3, -60}, {1, -20}, {2, -60}, {0.05, -10}, {1, -60}}));
    ASSERT_EQ(clips.size(), 1u);
    EXPECT_NEAR(clips[0].toSec - clips[0].fromSec, 2.6, 1e-9);
}

TEST(SegmentAtSilence, MarginsNeverOverlap) {
    SegmentationOptions options;
    options.marginSec = 1.0;
    const auto clips =
        segmentAtSilence(levels({{0.2, -60}, {2, -20}, {0.5, -60}, {2, -20}}), options);
    ASSERT_EQ(clips.size(), 2u);
    EXPECT_DOUBLE_EQ(clips[0].fromSec, 0);
    EXPECT_NEAR(clips[0].toSec, 2.45, 1e-9);
    EXPECT_NEAR(clips[1].fromSec, 2.45, 1e-9);
    EXPECT_NEAR(clips[1].toSec, 4.7, 1e-9);
}

TEST(SegmentAtSilence, LongSpeechIsCutAtItsQuietestPlace) {
    SegmentationOptions options;
    options.maxClipSec = 10;
    const auto clips =
        segmentAtSilence(levels({{1, -60}, {7, -20}, {0.2, -30}, {7, -20}, {1, -60}}), options);
    ASSERT_EQ(clips.size(), 2u);
    EXPECT_NEAR(clips[0].toSec, 8.1, 0.06);
    EXPECT_NEAR(clips[1].fromSec, clips[0].toSec, 1e-9);
    for (const AudioSegment& clip : clips)
        EXPECT_LE(clip.toSec - clip.fromSec, 10.0 + 1e-9);
}

TEST(SegmentAtSilence, LevelsOfAnyKindGiveOrderedClipsWithinTheLimits) {
    Rng rng(7, "cut");
    for (int round = 0; round < 200; ++round) {
        std::vector<float> noise(static_cast<std::size_t>(rng.uniform(1, 3000)));
        double level = -40;
        for (float& value : noise) {
            level = std::clamp(level + rng.uniform(-6, 6), -100.0, 0.0);
            value = static_cast<float>(level);
        }
        SegmentationOptions options;
        options.maxClipSec = rng.uniform(0.5, 8);
        options.marginSec = rng.uniform(0, 0.5);
        double before = 0;
        for (const AudioSegment& clip : segmentAtSilence(noise, options)) {
            EXPECT_GE(clip.fromSec, before - 1e-9);
            EXPECT_LT(clip.fromSec, clip.toSec);
            EXPECT_LE(clip.toSec, static_cast<double>(noise.size()) / 100 + 1e-9);
            before = clip.toSec;
        }
    }
}

TEST(SegmentAtSilence, SilenceAndNothingGiveNoClipAndSoundWithoutPausesOne) {
    EXPECT_TRUE(segmentAtSilence({}).empty());
    EXPECT_TRUE(segmentAtSilence(levels({{5, -90}})).empty());
    const auto clips = segmentAtSilence(levels({{5, -20}}));
    ASSERT_EQ(clips.size(), 1u);
    EXPECT_NEAR(clips[0].toSec, 5.0, 1e-9);
}

TEST(SegmentAtSilence, OptionsThatMakeNoSenseAreRefused) {
    SegmentationOptions options;
    options.maxClipSec = 0.1;
    EXPECT_THROW(static_cast<void>(segmentAtSilence(levels({{5, -20}}), options)), Error);
}

TEST(LevelsOf, HumanSpeechWithPausesBetweenIsFoundAgain) {
    const auto speech = test::speechFile();
    if (speech.empty())
        GTEST_SKIP() << "pocketsphinx-testdata is not installed";
    const AudioBuffer sentence = readAudioFile(speech); // 2.99 s
    AudioBuffer all{{}, sentence.sampleRateHz};
    Rng rng(1, "pauses");
    for (int i = 0; i < 3; ++i) {
        for (int k = 0; k < sentence.sampleRateHz; ++k)
            all.samples.push_back(static_cast<float>(rng.uniform(-1, 1)) / 4096.0F);
        all.samples.insert(all.samples.end(), sentence.samples.begin(), sentence.samples.end());
    }
    const test::TempDir dir;
    writeAudioFile(dir / "a.wav", all, AudioEncoding::WavFloat);
    AudioReader reader(dir / "a.wav");
    const std::vector<float> found = levelsOf(reader);
    EXPECT_EQ(found.size(), static_cast<std::size_t>(std::ceil(all.durationSec() * 100 - 1e-9)));
    const auto clips = segmentAtSilence(found);
    ASSERT_EQ(clips.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(clips[i].fromSec, 1.0 + 3.99 * static_cast<double>(i), 0.5) << i;
        EXPECT_NEAR(clips[i].toSec, 3.99 * static_cast<double>(i + 1), 0.5) << i;
    }
}

TEST(LevelsOf, StopsWhenItIsAskedTo) {
    const test::TempDir dir;
    writeAudioFile(dir / "a.wav", {std::vector<float>(160000, 0.1F), 16000},
                   AudioEncoding::WavFloat);
    AudioReader reader(dir / "a.wav");
    EXPECT_EQ(levelsOf(reader, [](double part) { return part < 0.25; }).size(), 300u);
}

} // namespace
} // namespace viva
