// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/level_measure.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

std::vector<float> sine(double amplitude, int rateHz, double durationSec) {
    std::vector<float> out(static_cast<std::size_t>(rateHz * durationSec));
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(
            amplitude * std::sin(2 * 3.14159265358979 * 1000 * static_cast<double>(i) / rateHz));
    return out;
}

TEST(LevelMeasure, AHalfScaleSineReadsMinusSixAndMinusNine) {
    LevelMeasure measure(48000, 1);
    measure.add(sine(0.5, 48000, 1.0));
    EXPECT_NEAR(measure.level().peakDb, -6.02, 0.01);
    EXPECT_NEAR(measure.level().rmsDb, -9.03, 0.01);
    EXPECT_NEAR(measure.level().heldDb, -6.02, 0.01);
    EXPECT_FALSE(measure.level().clipped);
}

TEST(LevelMeasure, SilenceAndNothingReadTheFloor) {
    LevelMeasure measure(44100, 2);
    EXPECT_EQ(measure.level().peakDb, SoundLevel::kSilenceDb);
    measure.add(std::vector<float>(44100, 0.0F));
    EXPECT_EQ(measure.level().rmsDb, SoundLevel::kSilenceDb);
}

TEST(LevelMeasure, APeakIsHeldForASecondAndAHalfAndThenGone) {
    LevelMeasure measure(16000, 1);
    measure.add(sine(0.5, 16000, 0.1));
    measure.add(sine(0.05, 16000, 1.0));
    EXPECT_NEAR(measure.level().heldDb, -6.02, 0.05);
    EXPECT_NEAR(measure.level().peakDb, -26.02, 0.05);
    EXPECT_NEAR(measure.level().rmsDb, -29.03, 0.05);
    measure.add(sine(0.05, 16000, 0.6));
    EXPECT_NEAR(measure.level().heldDb, -26.02, 0.05);
}

TEST(LevelMeasure, ClippingStaysUntilItIsReset) {
    LevelMeasure measure(16000, 1);
    measure.add(std::vector<float>{0.0F, 32766.0F / 32768.0F});
    EXPECT_FALSE(measure.level().clipped);
    measure.add(std::vector<float>{0.1F, -1.0F, 0.1F});
    measure.add(sine(0.1, 16000, 3.0));
    EXPECT_TRUE(measure.level().clipped);
    measure.resetClip();
    EXPECT_FALSE(measure.level().clipped);
    measure.add(std::vector<float>{32767.0F / 32768.0F});
    EXPECT_TRUE(measure.level().clipped);
}

TEST(LevelMeasure, TheLoudestChannelIsThePeak) {
    LevelMeasure measure(8000, 2);
    std::vector<float> frames;
    for (int i = 0; i < 4000; ++i) {
        frames.push_back(0.0F);
        frames.push_back(0.25F);
    }
    measure.add(frames);
    EXPECT_NEAR(measure.level().peakDb, -12.04, 0.01);
    EXPECT_NEAR(measure.level().rmsDb, -15.05, 0.01);
}

} // namespace
} // namespace viva
