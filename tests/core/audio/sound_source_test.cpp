// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/sound_source.h"

#include "core/audio/wav_stream.h"
#include "core/base/error.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <thread>

namespace viva {
namespace {

AudioBuffer ramp(std::size_t count) {
    AudioBuffer buffer{std::vector<float>(count), 16000};
    for (std::size_t i = 0; i < count; ++i)
        buffer.samples[i] = static_cast<float>(static_cast<int>(i % 65536) - 32768) / 32768.0F;
    return buffer;
}

TEST(SoundSource, AStretchIsSeenFromItsOwnBeginning) {
    const test::TempDir dir;
    const AudioBuffer whole = ramp(32000);
    writeAudioFile(dir / "a.wav", whole, AudioEncoding::Wav16);
    const SoundSource source(dir / "a.wav", 0.5, 1.0);
    EXPECT_EQ(source.sampleCount(), 8000);
    EXPECT_DOUBLE_EQ(source.startSec(), 0.5);
    EXPECT_EQ(source.samples().size(), 8000u);
    std::vector<float> out(10);
    source.read(7995, out);
    EXPECT_EQ(out[4], whole.samples[15999]);
    EXPECT_EQ(out[5], 0.0F) << "outside the stretch there is silence";
    source.read(-3, out);
    EXPECT_EQ(out[2], 0.0F);
    EXPECT_EQ(out[3], whole.samples[8000]);
    EXPECT_EQ(source.file().durationSec, 2.0);
}

TEST(SoundSource, LongOnesStayOnTheDiskAndAreReadFromSeveralThreads) {
    const test::TempDir dir;
    const auto count = static_cast<std::size_t>(SoundSource::kMostInMemory) + 50000;
    const AudioBuffer whole = ramp(count);
    writeAudioFile(dir / "a.wav", whole, AudioEncoding::Wav16);
    const SoundSource source(dir / "a.wav");
    EXPECT_TRUE(source.samples().empty());
    const auto look = [&](std::int64_t step) {
        std::vector<float> out(100);
        for (std::int64_t at = 0; at < std::ssize(whole.samples); at += step) {
            source.read(at, out);
            EXPECT_EQ(out[0], whole.samples[static_cast<std::size_t>(at)]);
        }
    };
    std::jthread other([&] { look(100003); });
    look(70001);
}

TEST(SoundSource, NothingIsRefusedWithBothPlaces) {
    const test::TempDir dir;
    writeAudioFile(dir / "a.wav", ramp(16000), AudioEncoding::Wav16);
    try {
        const SoundSource source(dir / "a.wav", 2.0, 3.0);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
    EXPECT_THROW(SoundSource(dir / "gone.wav"), Error);
}

} // namespace
} // namespace viva
