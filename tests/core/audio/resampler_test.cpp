// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/resampler.h"

#include "core/audio/audio_file.h"
#include "core/audio/resampling_quality.h"
#include "core/base/error.h"
#include "core/base/safetensors_view.h"
#include "tests/core/features/golden_features.h"

#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

class ResamplerRates : public testing::TestWithParam<int> {};

TEST_P(ResamplerRates, ReachesTheQualityTheReferenceReaches) {
    const auto wanted = readJsonFile(golden::features() / "resample/quality.json")["to_reach"];
    const ResamplingQuality got = measureResampling(GetParam(), 16000);
    EXPECT_LE(got.gainErrorDb, wanted["gain_error_db"].get<double>());
    EXPECT_LE(got.distortionDb, wanted["distortion_and_images_db"].get<double>());
    EXPECT_LE(got.stopBandDb, wanted["stopband_db"].get<double>());
    EXPECT_LE(got.shiftSamples, 1e-3);
    EXPECT_EQ(got.tones, 11 + (GetParam() > 16000 ? GetParam() > 40000 ? 8 : 5 : 0));
}

TEST(ResamplingQuality, SeesWhatIsWrong) {
    // Leaving out every other sample folds everything above 8 kHz down.
    const auto dropEveryOther = [](AudioBuffer in, int rateHz) {
        AudioBuffer out{{}, rateHz};
        for (std::size_t i = 0; i < in.samples.size(); i += 2)
            out.samples.push_back(in.samples[i]);
        return out;
    };
    EXPECT_GT(measureResampling(32000, 16000, dropEveryOther).stopBandDb, -1.0);
    const auto late = [](AudioBuffer in, int rateHz) {
        in.samples.insert(in.samples.begin(), 0.0F);
        in.samples.pop_back();
        return resample(std::move(in), rateHz);
    };
    EXPECT_NEAR(measureResampling(16000, 32000, late).shiftSamples, 2.0, 0.01);
    const auto quiet = [](AudioBuffer in, int rateHz) {
        for (float& sample : in.samples)
            sample *= 0.9F;
        return resample(std::move(in), rateHz);
    };
    EXPECT_NEAR(measureResampling(8000, 16000, quiet).gainErrorDb, 0.915, 0.01);
    const auto hum = [](AudioBuffer in, int rateHz) {
        AudioBuffer out = resample(std::move(in), rateHz);
        for (std::size_t i = 0; i < out.samples.size(); i += 2)
            out.samples[i] += 0.01F;
        return out;
    };
    EXPECT_GT(measureResampling(8000, 16000, hum).distortionDb, -40.0);
}

INSTANTIATE_TEST_SUITE_P(All, ResamplerRates, testing::Values(44100, 48000, 22050, 11025, 8000));

TEST(Resampler, ChirpsEqualTheSameFormulaSampledAtSixteenKilohertz) {
    const auto quality = readJsonFile(golden::features() / "resample/quality.json");
    const SafetensorsView expected(golden::features() / "resample/expected_16000.safetensors");
    const double tolerance = quality["to_reach"]["chirp_max_error"];
    for (const auto& chirp : quality["chirps"]) {
        const std::string id = chirp["id"];
        const AudioBuffer got =
            readAudioForModel(golden::features() / chirp["wav"].get<std::string>());
        const std::vector<float> want = toFloats(expected.get(id));
        ASSERT_EQ(got.samples.size(), want.size()) << id;
        for (std::size_t i = 0; i < want.size(); ++i)
            ASSERT_NEAR(got.samples[i], want[i], tolerance) << id << " at " << i;
    }
}

TEST(Resampler, LengthIsTheRoundedRatio) {
    for (const std::size_t count : {1u, 2u, 3u, 100u, 44099u, 44100u, 44101u})
        for (const int rate : {44100, 48000, 8000, 192000, 11025}) {
            const AudioBuffer out = resample({std::vector<float>(count, 0.25F), rate}, 16000);
            const double exact = static_cast<double>(count) * 16000 / rate;
            EXPECT_EQ(out.samples.size(),
                      static_cast<std::size_t>(std::max(1.0, std::round(exact))))
                << count << " at " << rate;
            EXPECT_EQ(out.sampleRateHz, 16000);
        }
}

TEST(Resampler, EqualRatesChangeNothing) {
    const AudioBuffer in{{0.1F, -0.5F, 2.0F}, 16000};
    EXPECT_EQ(resample(in, 16000).samples, in.samples);
}

TEST(Resampler, RefusesAbsurdRates) {
    for (const int rate : {0, -1, 999, 768001}) {
        try {
            (void)resample({{0.1F, 0.2F}, 16000}, rate);
            ADD_FAILURE() << rate;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
        }
        EXPECT_THROW((void)resample({{0.0F}, rate}, 16000), Error);
    }
}

} // namespace
} // namespace viva
