// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/clip_edit.h"

#include "core/base/error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

AudioBuffer tone(double amplitude) {
    AudioBuffer buffer{std::vector<float>(16000), 16000};
    for (std::size_t i = 0; i < buffer.samples.size(); ++i)
        buffer.samples[i] = static_cast<float>(amplitude * std::cos(0.3 * static_cast<double>(i)));
    return buffer;
}

float peakOf(const AudioBuffer& buffer) {
    float peak = 0;
    for (const float sample : buffer.samples)
        peak = std::max(peak, std::abs(sample));
    return peak;
}

void expectRefused(const AudioBuffer& buffer, const AudioEdit& edit, const char* words) {
    try {
        static_cast<void>(editAudio(buffer, edit));
        FAIL() << words;
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        EXPECT_THAT(error.what(), testing::HasSubstr(words));
    }
}

TEST(EditSound, NothingAskedChangesNothing) {
    const AudioBuffer buffer = tone(0.5);
    EXPECT_EQ(editAudio(buffer, {}).samples, buffer.samples);
}

TEST(EditSound, TrimKeepsTheMiddleAndFadesItsNewEndsOnly) {
    const AudioBuffer buffer = tone(0.5);
    AudioEdit edit;
    edit.fromSec = 0.25;
    edit.toSec = 0.75;
    const AudioBuffer out = editAudio(buffer, edit);
    ASSERT_EQ(out.samples.size(), 8000u);
    EXPECT_EQ(out.samples[4000], buffer.samples[8000]);
    EXPECT_EQ(out.samples[32], buffer.samples[4032]) << "behind the fade of 2 ms";
    EXPECT_LT(std::abs(out.samples.front()), 0.02F);
    EXPECT_LT(std::abs(out.samples.back()), 0.02F);
    edit.fromSec = 0;
    EXPECT_EQ(editAudio(buffer, edit).samples.front(), buffer.samples.front())
        << "the clip's own beginning stays";
}

TEST(EditSound, GainIsInDecibelsAndRefusesToClip) {
    AudioEdit edit;
    edit.gainDb = 6.0205999;
    EXPECT_NEAR(peakOf(editAudio(tone(0.25), edit)), 0.5, 1e-5);
    edit.gainDb = -20;
    EXPECT_NEAR(peakOf(editAudio(tone(0.5), edit)), 0.05, 1e-5);
    edit.gainDb = 6.1;
    expectRefused(tone(0.5), edit, "at most 6.0 dB fit");
    edit.gainDb = 90;
    expectRefused(tone(0.5), edit, "beyond 60");
    edit.gainDb = NAN;
    expectRefused(tone(0.5), edit, "beyond 60");
}

TEST(EditSound, NormaliseSetsThePeakAfterTheCut) {
    AudioBuffer buffer = tone(0.1);
    buffer.samples[100] = 0.9F;
    AudioEdit edit;
    edit.normaliseToDb = -1.0;
    EXPECT_NEAR(peakOf(editAudio(buffer, edit)), std::pow(10.0, -0.05), 1e-5);
    edit.fromSec = 0.5;
    const AudioBuffer out = editAudio(buffer, edit);
    EXPECT_NEAR(peakOf(out), std::pow(10.0, -0.05), 1e-5) << "the peak that was cut away is out";
    expectRefused({std::vector<float>(100), 16000}, {0, -1, 0, -1.0}, "silence");
    expectRefused(buffer, {0, -1, 0, 3.0}, "not to 3 dB");
}

TEST(EditSound, StretchesOutsideTheClipAreRefused) {
    const AudioBuffer buffer = tone(0.5);
    expectRefused(buffer, {0.5, 1.5, 0, {}}, "no stretch");
    expectRefused(buffer, {-0.1, 0.5, 0, {}}, "no stretch");
    expectRefused(buffer, {0.5, 0.5, 0, {}}, "no stretch");
    expectRefused(buffer, {NAN, 0.5, 0, {}}, "no stretch");
    expectRefused(buffer, {0.50001, 0.50002, 0, {}}, "holds no sample");
}

TEST(LosslessEncoding, IsSixteenBitsOnlyWhereNothingIsLost) {
    AudioBuffer buffer{{-1.0F, 0.5F, 32767.0F / 32768.0F}, 16000};
    EXPECT_EQ(losslessEncoding(buffer), AudioEncoding::Flac16);
    buffer.samples.push_back(1.0F);
    EXPECT_EQ(losslessEncoding(buffer), AudioEncoding::WavFloat);
    buffer.samples.back() = 0.1F;
    EXPECT_EQ(losslessEncoding(buffer), AudioEncoding::WavFloat);
}

} // namespace
} // namespace viva
