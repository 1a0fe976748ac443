// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/wav_stream.h"

#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <numeric>

namespace viva {
namespace {

namespace fs = std::filesystem;

std::vector<float> ramp(std::size_t count) {
    std::vector<float> out(count);
    for (std::size_t i = 0; i < count; ++i)
        out[i] = static_cast<float>(static_cast<int>(i % 65536) - 32768) / 32768.0F;
    return out;
}

TEST(WavStream, WhatIsWrittenComesBackExactly) {
    const test::TempDir dir;
    const std::vector<float> samples = ramp(70001);
    {
        WavStream stream(dir / "a.wav", 44100, 1);
        EXPECT_EQ(stream.write(std::span(samples).first(100)), WavStream::Result::Ok);
        EXPECT_EQ(stream.write(std::span(samples).subspan(100)), WavStream::Result::Ok);
        stream.finish();
    }
    const AudioBuffer back = readAudioFile(dir / "a.wav");
    EXPECT_EQ(back.sampleRateHz, 44100);
    EXPECT_EQ(back.samples, samples);
}

TEST(WavStream, ValuesBeyondFullScaleAreClippedNotTurnedOver) {
    const test::TempDir dir;
    {
        WavStream stream(dir / "a.wav", 8000, 1);
        EXPECT_EQ(stream.write(std::vector<float>{1.5F, -1.5F, 1.0F, 0.0F}), WavStream::Result::Ok);
        stream.finish();
    }
    const AudioBuffer back = readAudioFile(dir / "a.wav");
    EXPECT_FLOAT_EQ(back.samples[0], 8388607.0F / 8388608.0F);
    EXPECT_FLOAT_EQ(back.samples[1], -1.0F);
    EXPECT_FLOAT_EQ(back.samples[2], 8388607.0F / 8388608.0F);
}

TEST(WavStream, ChannelsAreKept) {
    const test::TempDir dir;
    {
        WavStream stream(dir / "a.wav", 48000, 2);
        EXPECT_EQ(stream.write(std::vector<float>{0.5F, -0.5F, 0.25F, 0.25F, 1.0F, 0.0F}),
                  WavStream::Result::Ok);
        EXPECT_EQ(stream.frames(), 3);
        stream.finish();
    }
    EXPECT_EQ(probeAudioFile(dir / "a.wav").channels, 2);
    const AudioBuffer mono = readAudioFile(dir / "a.wav");
    EXPECT_FLOAT_EQ(mono.samples[0], 0.0F);
    EXPECT_FLOAT_EQ(mono.samples[1], 0.25F);
}

/// A child that records and is killed without a warning, at `updated` or after it.
void recordAndDie(const fs::path& file, bool updated) {
    const pid_t child = ::fork();
    if (child == 0) {
        WavStream stream(file, 16000, 2);
        static_cast<void>(stream.write(ramp(2 * 1001)));
        stream.update(true);
        if (!updated)
            static_cast<void>(stream.write(ramp(2 * 500)));
        ::kill(::getpid(), SIGKILL);
    }
    ::waitpid(child, nullptr, 0);
}

TEST(WavStream, AFileWhoseWriterDiedIsWholeUpToTheLastUpdate) {
    const test::TempDir dir;
    recordAndDie(dir / "a.wav", true);
    EXPECT_EQ(probeAudioFile(dir / "a.wav").frames, 1001);
}

TEST(WavStream, RepairGivesBackWhatCameAfterTheLastUpdate) {
    const test::TempDir dir;
    recordAndDie(dir / "a.wav", false);
    EXPECT_EQ(repairWavStream(dir / "a.wav"), 1501);
    EXPECT_EQ(probeAudioFile(dir / "a.wav").frames, 1501);
    EXPECT_EQ(repairWavStream(dir / "a.wav"), 1501) << "a second repair changes nothing";
}

TEST(WavStream, RepairCutsHalfAFrame) {
    const test::TempDir dir;
    recordAndDie(dir / "a.wav", false);
    fs::resize_file(dir / "a.wav", fs::file_size(dir / "a.wav") - 4);
    EXPECT_EQ(repairWavStream(dir / "a.wav"), 1500);
    EXPECT_EQ(readAudioFile(dir / "a.wav").samples.size(), 1500u);
}

TEST(WavStream, AFileBeingWrittenIsNotRepaired) {
    const test::TempDir dir;
    WavStream stream(dir / "a.wav", 16000, 1);
    EXPECT_EQ(stream.write(ramp(100)), WavStream::Result::Ok);
    EXPECT_EQ(repairWavStream(dir / "a.wav"), 0);
}

TEST(WavStream, RepairRefusesWhatIsNoRecording) {
    const test::TempDir dir;
    writeFileAtomically(dir / "a.wav", "RIFF, but not ours");
    try {
        repairWavStream(dir / "a.wav");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
    }
    EXPECT_EQ(readFile(dir / "a.wav"), "RIFF, but not ours");
}

TEST(WavStream, AFileThatIsThereIsNotOverwritten) {
    const test::TempDir dir;
    writeFileAtomically(dir / "a.wav", "mine");
    EXPECT_THROW(WavStream(dir / "a.wav", 16000, 1), Error);
    EXPECT_EQ(readFile(dir / "a.wav"), "mine");
}

TEST(WavStream, AFullDiskKeepsWholeFramesOfWhatFits) {
    const test::TempDir dir;
    const auto oldAction = ::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    const rlimit small{44 + 6 * 1000 + 4, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    WavStream stream(dir / "a.wav", 16000, 2);
    const WavStream::Result first = stream.write(ramp(2 * 600));
    const WavStream::Result second = stream.write(ramp(2 * 600));
    stream.finish();
    ::setrlimit(RLIMIT_FSIZE, &old);
    ::signal(SIGXFSZ, oldAction);
    EXPECT_EQ(first, WavStream::Result::Ok);
    EXPECT_EQ(second, WavStream::Result::DiskFull);
    EXPECT_EQ(probeAudioFile(dir / "a.wav").frames, 1000);
}

TEST(WavStream, AMissingFolderIsNamed) {
    try {
        WavStream stream("/nowhere/at/all/a.wav", 16000, 1);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io);
        EXPECT_NE(std::string(error.what()).find("/nowhere/at/all/a.wav"), std::string::npos);
    }
}

} // namespace
} // namespace viva
