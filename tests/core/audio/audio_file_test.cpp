// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/rng.h"
#include "tests/support/audio_folder.h"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <numbers>

namespace viva {
namespace {

using AudioFileTest = TempFolderTest;

AudioBuffer tone(int rateHz, std::size_t count, double frequencyHz = 440.0) {
    AudioBuffer buffer{std::vector<float>(count), rateHz};
    for (std::size_t i = 0; i < count; ++i)
        buffer.samples[i] = static_cast<float>(
            0.5 * std::sin(2 * std::numbers::pi * frequencyHz * static_cast<double>(i) / rateHz));
    return buffer;
}

/// Normalised correlation of a[i] and b[i + shift].
double correlation(const std::vector<float>& a, const std::vector<float>& b, int shift) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (std::size_t i = 110; i + 110 < a.size(); ++i) {
        const double other = b[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + shift)];
        dot += a[i] * other;
        squaresA += static_cast<double>(a[i]) * a[i];
        squaresB += other * other;
    }
    return dot / std::sqrt(squaresA * squaresB);
}

template<typename T>
std::string bytesOf(std::initializer_list<T> values) {
    std::string bytes(values.size() * sizeof(T), '\0');
    std::memcpy(bytes.data(), values.begin(), bytes.size());
    return bytes;
}

/// A WAV file written by hand, so that reading is tested against the format and not our writer.
std::string wav(int format, int channels, int rateHz, int bits, const std::string& data) {
    const auto u32 = [](std::size_t v) { return bytesOf({static_cast<std::uint32_t>(v)}); };
    const auto u16 = [](int v) { return bytesOf({static_cast<std::uint16_t>(v)}); };
    const int frameBytes = channels * bits / 8;
    return "RIFF" + u32(36 + data.size()) + "WAVEfmt " + u32(16) + u16(format) + u16(channels) +
           u32(static_cast<std::size_t>(rateHz)) +
           u32(static_cast<std::size_t>(rateHz * frameBytes)) + u16(frameBytes) + u16(bits) +
           "data" + u32(data.size()) + data;
}

TEST_F(AudioFileTest, SixteenBitSamplesAreDividedBy32768) {
    const auto path = write(
        "a.wav", wav(1, 1, 16000, 16, bytesOf<std::int16_t>({0, 1, -1, 16384, 32767, -32768})));
    const AudioBuffer buffer = readAudioFile(path);
    EXPECT_EQ(buffer.sampleRateHz, 16000);
    EXPECT_THAT(buffer.samples,
                testing::ElementsAre(0.F, 1.F / 32768, -1.F / 32768, 0.5F, 32767.F / 32768, -1.F));
}

TEST_F(AudioFileTest, ChannelsAreMixedByTheirMean) {
    const auto path = write(
        "a.wav", wav(1, 2, 8000, 16, bytesOf<std::int16_t>({16384, 0, 8192, 8192, -16384, 16384})));
    EXPECT_THAT(readAudioFile(path).samples, testing::ElementsAre(0.25F, 0.25F, 0.F));
}

TEST_F(AudioFileTest, FloatsBeyondOneAreKept) {
    const auto path = write("a.wav", wav(3, 1, 44100, 32, bytesOf({1.5F, -7.25F, 0.1F})));
    EXPECT_THAT(readAudioFile(path).samples, testing::ElementsAre(1.5F, -7.25F, 0.1F));
}

TEST_F(AudioFileTest, ProbeTellsWhatTheFileIs) {
    const auto path = write("a.wav", wav(1, 2, 8000, 16, std::string(4 * 4000, '\0')));
    const AudioFileInfo info = probeAudioFile(path);
    EXPECT_EQ(info.frames, 4000);
    EXPECT_EQ(info.channels, 2);
    EXPECT_EQ(info.sampleRateHz, 8000);
    EXPECT_DOUBLE_EQ(info.durationSec, 0.5);
    EXPECT_THAT(info.format, testing::HasSubstr("WAV"));
    EXPECT_THAT(info.format, testing::HasSubstr("16 bit"));
}

TEST_F(AudioFileTest, ReadsForTheModelAtItsRate) {
    writeAudioFile(folder / "a.wav", tone(48000, 48000), AudioEncoding::WavFloat);
    const AudioBuffer buffer = readAudioForModel(folder / "a.wav");
    EXPECT_EQ(buffer.sampleRateHz, 16000);
    ASSERT_EQ(buffer.samples.size(), 16000u);
    const AudioBuffer want = tone(16000, 16000);
    for (std::size_t i = 1000; i < 15000; ++i)
        ASSERT_NEAR(buffer.samples[i], want.samples[i], 1e-4F) << i;
}

TEST_F(AudioFileTest, LosslessEncodingsComeBackExactly) {
    AudioBuffer buffer{{}, 22050};
    for (int value = -32768; value <= 32767; value += 7)
        buffer.samples.push_back(static_cast<float>(value) / 32768.0F);
    for (const AudioEncoding encoding : {AudioEncoding::Wav16, AudioEncoding::Flac16}) {
        writeAudioFile(folder / "a", buffer, encoding);
        const AudioBuffer back = readAudioFile(folder / "a");
        EXPECT_EQ(back.samples, buffer.samples);
        EXPECT_EQ(back.sampleRateHz, 22050);
    }
    buffer.samples = {1.5F, -3.0F, 1e-20F, 0.1F};
    writeAudioFile(folder / "a", buffer, AudioEncoding::WavFloat);
    EXPECT_EQ(readAudioFile(folder / "a").samples, buffer.samples);
}

TEST_F(AudioFileTest, SixteenBitsClipWhatLiesBeyond) {
    writeAudioFile(folder / "a.wav", {{2.0F, -2.0F, 1.0F}, 16000}, AudioEncoding::Wav16);
    EXPECT_THAT(readAudioFile(folder / "a.wav").samples,
                testing::ElementsAre(32767.F / 32768, -1.F, 32767.F / 32768));
}

TEST_F(AudioFileTest, TheSameSoundGivesTheSameBytes) {
    for (const AudioEncoding encoding :
         {AudioEncoding::Wav16, AudioEncoding::WavFloat, AudioEncoding::Flac16}) {
        writeAudioFile(folder / "a", tone(16000, 5000), encoding);
        writeAudioFile(folder / "b", tone(16000, 5000), encoding);
        EXPECT_EQ(readFile(folder / "a"), readFile(folder / "b"));
    }
}

TEST_F(AudioFileTest, OpusKeepsLengthAndSoundAndObeysItsBitRate) {
    Rng rng(1, "opus");
    AudioBuffer buffer = tone(16000, 64000);
    for (float& sample : buffer.samples)
        sample += 0.02F * static_cast<float>(rng.normal());
    std::vector<std::uintmax_t> sizes;
    for (const int bitsPerSec : {12000, 24000, 64000}) {
        writeAudioFile(folder / "a.opus", buffer, AudioEncoding::Opus, {bitsPerSec});
        sizes.push_back(std::filesystem::file_size(folder / "a.opus"));
        const AudioBuffer back = readAudioFile(folder / "a.opus");
        EXPECT_EQ(back.sampleRateHz, 16000);
        ASSERT_EQ(back.samples.size(), buffer.samples.size());
        const double inPlace = correlation(buffer.samples, back.samples, 0);
        EXPECT_GT(inPlace, 0.95) << bitsPerSec;
        // SILK's own filters move speech by a fraction of a sample; a lost pre-skip is 104.
        for (const int shift : {-4, 4, 104, -104})
            EXPECT_GT(inPlace, correlation(buffer.samples, back.samples, shift)) << shift;
    }
    EXPECT_LT(sizes[0], sizes[1]);
    EXPECT_LT(sizes[1], sizes[2]);
    EXPECT_NEAR(static_cast<double>(sizes[1]), 24000.0 / 8 * 4, 4000.0);
}

TEST_F(AudioFileTest, WritingRefusesWhatItCannotStore) {
    const auto path = folder / "a.wav";
    writeAudioFile(path, tone(16000, 100), AudioEncoding::Wav16);
    const std::string before = readFile(path);
    const auto refused = [&](const AudioBuffer& buffer, AudioEncoding encoding,
                             AudioWriteOptions options = {}) {
        try {
            writeAudioFile(path, buffer, encoding, options);
            ADD_FAILURE() << "was written";
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::InvalidArgument) << error.what();
        }
    };
    refused({}, AudioEncoding::Wav16);
    refused({{NAN}, 16000}, AudioEncoding::WavFloat);
    refused(tone(44100, 100), AudioEncoding::Opus);
    refused(tone(16000, 100), AudioEncoding::Opus, {100});
    refused({{0.F}, 0}, AudioEncoding::Wav16);
    EXPECT_EQ(readFile(path), before);
    try {
        writeAudioFile("/proc/viva/a.wav", tone(16000, 100), AudioEncoding::Wav16);
        ADD_FAILURE() << "was written";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io) << error.what();
    }
}

} // namespace
} // namespace viva
