// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_reader.h"

#include "core/audio/wav_stream.h"
#include "core/base/error.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <fstream>

namespace viva {
namespace {

AudioBuffer rampBuffer(std::size_t count) {
    AudioBuffer buffer{std::vector<float>(count), 16000};
    for (std::size_t i = 0; i < count; ++i)
        buffer.samples[i] = static_cast<float>(static_cast<int>(i % 65536) - 32768) / 32768.0F;
    return buffer;
}

TEST(AudioReader, PiecesMakeTheWhole) {
    const test::TempDir dir;
    const AudioBuffer whole = rampBuffer(50001);
    writeAudioFile(dir / "a.flac", whole, AudioEncoding::Flac16);
    AudioReader reader(dir / "a.flac");
    EXPECT_EQ(reader.info().frames, 50001);
    std::vector<float> got;
    std::vector<float> block(777);
    while (const std::size_t count = reader.read(block))
        got.insert(got.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(count));
    EXPECT_EQ(got, whole.samples);
    EXPECT_FALSE(reader.broken());
}

TEST(AudioReader, SeekingGoesToTheSample) {
    const test::TempDir dir;
    const AudioBuffer whole = rampBuffer(50001);
    writeAudioFile(dir / "a.flac", whole, AudioEncoding::Flac16);
    AudioReader reader(dir / "a.flac");
    std::vector<float> block(10);
    for (const std::int64_t at : {40000, 3, 49995}) {
        ASSERT_TRUE(reader.seek(at));
        const std::size_t got = reader.read(block);
        EXPECT_EQ(got, at == 49995 ? 6u : 10u);
        EXPECT_EQ(block.front(), whole.samples[static_cast<std::size_t>(at)]);
    }
}

TEST(AudioReader, ChannelsAreMixedByTheirMeanAcrossBlocks) {
    const test::TempDir dir;
    std::vector<float> frames;
    for (int i = 0; i < 40000; ++i)
        for (const float value : {0.5F, -0.25F, 0.125F})
            frames.push_back(value * static_cast<float>(i % 7));
    {
        WavStream stream(dir / "a.wav", 16000, 3);
        ASSERT_EQ(stream.write(frames), WavStream::Result::Ok);
        stream.finish();
    }
    AudioReader reader(dir / "a.wav");
    std::vector<float> block(40000);
    ASSERT_EQ(reader.read(block), 40000u);
    EXPECT_FLOAT_EQ(block[1], 0.125F);
    EXPECT_FLOAT_EQ(block[16384 * 2 + 1], 0.125F * static_cast<float>((16384 * 2 + 1) % 7));
}

TEST(AudioReader, AMissingFileIsSaid) {
    try {
        AudioReader reader("/nowhere/a.wav");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

TEST(AudioReader, WhatIsNoMp3ButCalledSoIsSaidPlainly) {
    const test::TempDir dir;
    for (const std::string& bytes :
         {std::string("nonsense"), std::string("nonsense, not a sound"), std::string(5000, 'x')}) {
        std::ofstream(dir / "a.mp3", std::ios::binary) << bytes;
        try {
            AudioReader reader(dir / "a.mp3");
            FAIL();
        } catch (const Error& error) {
            EXPECT_NE(std::string(error.what()).find("not a sound file of a known kind"),
                      std::string::npos)
                << error.what();
        }
    }
}

} // namespace
} // namespace viva
