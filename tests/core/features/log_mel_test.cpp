// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/features/log_mel.h"

#include "core/audio/audio_file.h"
#include "core/base/rng.h"
#include "core/base/safetensors_view.h"
#include "tests/core/features/golden_features.h"
#include "tests/support/error_code.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

namespace viva {
namespace {

std::vector<float> noise(std::size_t count, float scale) {
    Rng rng(5, "noise");
    std::vector<float> samples(count);
    for (float& sample : samples)
        sample = scale * static_cast<float>(rng.normal());
    return samples;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = a.size() == b.size() ? 0.0 : INFINITY;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

TEST(LogMel, EqualsTheReferenceWithinEachClipsTolerance) {
    const SafetensorsView golden(golden::features() / "features.safetensors");
    const SafetensorsView exact(golden::features() / "features_float64.safetensors");
    const LogMel logMel;
    int compared = 0;
    for (const auto& line : golden::lines(golden::features() / "cases.jsonl")) {
        if (!line.contains("wav"))
            continue;
        const std::string id = line["id"];
        const AudioBuffer clip = readAudioFile(golden::features() / line["wav"].get<std::string>());
        ASSERT_EQ(clip.samples.size(), line["samples"].get<std::size_t>()) << id;
        const Features features = logMel.compute(clip.samples);
        EXPECT_EQ(features.frames, line["encoder_frames"].get<int>()) << id;
        EXPECT_EQ(features.width, 160) << id;
        EXPECT_EQ(logMel.melFrames(clip.samples.size()), line["mel_frames"].get<std::size_t>());
        const double tolerance = line["tolerance"];
        EXPECT_LE(largestDifference(features.values, toFloats(golden.get(id))), tolerance) << id;
        EXPECT_LE(largestDifference(features.values, toFloats(exact.get(id))), tolerance) << id;
        ++compared;
    }
    EXPECT_EQ(compared, 33);
}

TEST(LogMel, SilenceIsExactlyMinusOneAndAHalf) {
    const Features features = LogMel().compute(std::vector<float>(8000, 0.0F));
    EXPECT_EQ(features.frames, 25);
    EXPECT_THAT(features.values, testing::Each(-1.5F));
}

TEST(LogMel, TheMaximumIsTakenBeforeTheOddFrameIsDropped) {
    // 640 samples are five mel frames; the loud end is heard most in the fifth, which is dropped.
    std::vector<float> samples(640, 0.0F);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = i < 560 ? 1e-6F * std::sin(0.4F * static_cast<float>(i))
                             : std::sin(0.4F * static_cast<float>(i));
    const LogMel logMel;
    const Features mel = logMel.computeMelFrames(samples);
    const Features stacked = logMel.compute(samples);
    ASSERT_EQ(mel.frames, 5);
    ASSERT_EQ(stacked.frames, 2);
    const auto kept = mel.values.begin() + 4 * 80;
    EXPECT_LT(*std::max_element(mel.values.begin(), kept),
              *std::max_element(kept, mel.values.end()));
    EXPECT_TRUE(std::equal(stacked.values.begin(), stacked.values.end(), mel.values.begin()));
}

TEST(LogMel, StacksTheEarlierFrameFirst) {
    const std::vector<float> samples = noise(3200, 0.1F);
    const LogMel logMel;
    const Features mel = logMel.computeMelFrames(samples);
    const Features stacked = logMel.compute(samples);
    for (std::size_t row = 0; row < 10; ++row)
        for (std::size_t column = 0; column < 160; ++column)
            EXPECT_EQ(stacked.values[row * 160 + column],
                      mel.values[(2 * row + column / 80) * 80 + column % 80]);
}

TEST(LogMel, RefusesClipsThatCannotBeMirrored) {
    const LogMel logMel;
    EXPECT_EQ(logMel.minSamples(), 257u);
    EXPECT_EQ(logMel.compute(std::vector<float>(257, 0.1F)).frames, 1);
    for (const std::size_t count : {0u, 1u, 256u}) {
        try {
            (void)logMel.compute(std::vector<float>(count, 0.1F));
            ADD_FAILURE() << count;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
            EXPECT_THAT(error.what(), testing::HasSubstr(std::to_string(count) + " samples"));
            EXPECT_THAT(error.what(), testing::HasSubstr("257"));
        }
    }
}

TEST(LogMel, RefusesSamplesThatAreNotFiniteOrTooLarge) {
    const LogMel logMel;
    for (const float bad : {NAN, INFINITY, -INFINITY, 1e30F}) {
        std::vector<float> samples(1000, 0.0F);
        samples[700] = bad;
        EXPECT_EQ(codeOf([&] { (void)logMel.compute(samples); }), ErrorCode::InvalidArgument);
    }
}

TEST(LogMel, RefusesParametersThatMakeNoSense) {
    for (const FeatureParams& params :
         {FeatureParams{16000, 511, 400, 160, 80}, FeatureParams{16000, 512, 513, 160, 80},
          FeatureParams{16000, 512, 0, 160, 80}, FeatureParams{16000, 512, 400, 0, 80},
          FeatureParams{16000, 512, 400, 160, 0}, FeatureParams{0, 512, 400, 160, 80},
          FeatureParams{16000, 1 << 20, 400, 160, 80}})
        EXPECT_EQ(codeOf([&] { const LogMel logMel(params); }), ErrorCode::InvalidArgument);
}

TEST(LogMel, SmallModelsHaveFewMels) {
    const LogMel logMel({16000, 512, 400, 160, 8});
    const Features features = logMel.compute(noise(3200, 0.1F));
    EXPECT_EQ(features.width, 16);
    EXPECT_EQ(features.frames, 10);
    EXPECT_EQ(features.values.size(), 160u);
}

TEST(LogMel, AToneIsLoudestInTheMelOfItsFrequency) {
    std::vector<float> samples(16000);
    for (std::size_t i = 0; i < samples.size(); ++i)
        samples[i] = 0.5F * std::sin(2.0F * 3.14159265F * 1000.0F * static_cast<float>(i) / 16000);
    const Features mel = LogMel().computeMelFrames(samples);
    const auto row = mel.values.begin() + 50 * 80;
    const auto loudest = std::max_element(row, row + 80) - row;
    // 1000 Hz is mel 1000.0 of 2840.0, so 1000 / (2840 / 81) = 28.5 filter steps up.
    EXPECT_THAT(loudest, testing::AnyOf(27, 28));
}

TEST(LogMel, ThreadsShareOneObjectAndGetTheSameBits) {
    const LogMel logMel;
    const std::vector<float> samples = noise(48000, 0.2F);
    const Features alone = logMel.compute(samples);
    std::vector<Features> results(4);
    {
        std::vector<std::jthread> threads;
        for (Features& result : results)
            threads.emplace_back([&] {
                const LogMel own; // plans are made and destroyed beside running ones
                for (int round = 0; round < 5; ++round)
                    result = round % 2 == 0 ? logMel.compute(samples) : own.compute(samples);
            });
    }
    for (const Features& result : results)
        EXPECT_EQ(result.values, alone.values);
}

} // namespace
} // namespace viva
