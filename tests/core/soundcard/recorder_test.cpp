// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/recorder.h"

#include "core/audio/audio_file.h"
#include "core/base/error.h"
#include "core/soundcard/device_list.h"
#include "tests/support/pulse_daemon.h"
#include "tests/support/sound_compare.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

namespace viva {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

template<typename Condition>
bool waitFor(Condition condition, std::chrono::milliseconds limit = 5s) {
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > end)
            return false;
        std::this_thread::sleep_for(10ms);
    }
    return true;
}

class RecorderTest : public testing::Test {
protected:
    void SetUp() override {
        static PulseDaemon daemon; // one for all: ALSA reads its configuration once a process
        m_daemon = &daemon;
        if (!daemon.whyNot().empty())
            GTEST_SKIP() << daemon.whyNot();
        const AudioDeviceList list = listAudioDevices();
        if (std::none_of(list.inputs.begin(), list.inputs.end(),
                         [](const AudioDevice& device) { return device.name == "pulse"; }))
            GTEST_SKIP() << "ALSA's pulse plug-in (libasound2-plugins) is not installed";
    }

    PulseDaemon* m_daemon = nullptr;
    test::TempDir m_dir;
};

TEST_F(RecorderTest, SpeechIsRecordedAsItWasPlayedWithoutALostFrame) {
    const auto speech = test::speechFile();
    if (speech.empty())
        GTEST_SKIP() << "pocketsphinx-testdata is not installed";
    Recorder recorder;
    recorder.listen("pulse");
    ASSERT_TRUE(waitFor([&] { return recorder.status().level.rmsDb <= -100; }));
    recorder.start(m_dir / "take.wav");
    m_daemon->startPlaying(speech);
    m_daemon->waitForPlaying();
    std::this_thread::sleep_for(500ms);
    const RecordedTake take = recorder.stop();
    EXPECT_EQ(take.end, TakeEnd::Stopped);
    EXPECT_EQ(take.droppedFrames, 0);
    EXPECT_FALSE(take.clipped);
    EXPECT_TRUE(take.trouble.empty());
    const AudioFileInfo info = probeAudioFile(m_dir / "take.wav");
    EXPECT_EQ(info.frames, take.frames);
    EXPECT_EQ(info.sampleRateHz, take.rateHz);
    EXPECT_EQ(info.channels, take.channels);
    const double correlation =
        test::alignedCorrelation(readAudioFile(m_dir / "take.wav"), readAudioFile(speech));
    std::printf("correlation %.5f at %d Hz\n", correlation, take.rateHz);
    EXPECT_GT(correlation, 0.99);
}

TEST_F(RecorderTest, TheMeterLivesBeforeRecordingAndNothingIsKept) {
    const auto speech = test::speechFile("cards/005.wav"); // reaches full scale
    if (speech.empty())
        GTEST_SKIP() << "pocketsphinx-testdata is not installed";
    Recorder recorder;
    EXPECT_EQ(recorder.status().state, RecorderState::Closed);
    recorder.listen();
    EXPECT_EQ(recorder.status().state, RecorderState::Listening);
    m_daemon->startPlaying(speech);
    EXPECT_TRUE(waitFor([&] { return recorder.status().level.peakDb > -30; }));
    EXPECT_GT(recorder.status().level.heldDb, -30);
    m_daemon->waitForPlaying();
    EXPECT_TRUE(waitFor([&] { return recorder.status().level.peakDb < -90; }));
    EXPECT_TRUE(recorder.status().level.clipped) << "the light stays on";
    recorder.resetClip();
    EXPECT_TRUE(waitFor([&] { return !recorder.status().level.clipped; }));
    EXPECT_EQ(recorder.status().recordedSec, 0);
    EXPECT_THROW(static_cast<void>(recorder.stop()), Error);
    recorder.close();
    EXPECT_EQ(recorder.status().state, RecorderState::Closed);
    EXPECT_EQ(recorder.status().level.peakDb, SoundLevel::kSilenceDb);
}

TEST_F(RecorderTest, TheClockTheDiskAndTheStateAreShownWhileRecording) {
    Recorder recorder;
    recorder.listen("pulse");
    recorder.start(m_dir / "take.wav");
    ASSERT_TRUE(waitFor([&] { return recorder.status().recordedSec > 0.7; }));
    const RecorderStatus status = recorder.status();
    EXPECT_EQ(status.state, RecorderState::Recording);
    EXPECT_GT(status.diskFreeBytes, 1000000u);
    EXPECT_GT(status.leftSec, 1);
    EXPECT_LE(status.leftSec, 0x100000000LL / (3.0 * status.rateHz * status.channels));
    EXPECT_THROW(recorder.start(m_dir / "second.wav"), Error);
    // Whole at every moment: another reader sees what is there so far.
    EXPECT_GT(probeAudioFile(m_dir / "take.wav").frames, 0);
    EXPECT_NEAR(recorder.stop().durationSec(), status.recordedSec, 1.0);
    EXPECT_EQ(recorder.status().state, RecorderState::Listening);
    recorder.start(m_dir / "second.wav");
    std::this_thread::sleep_for(100ms);
    EXPECT_LT(recorder.stop().durationSec(), 1.0) << "what was heard between takes is in none";
}

TEST_F(RecorderTest, AFullDiskKeepsWhatFitsAndSaysSo) {
    const auto oldAction = ::signal(SIGXFSZ, SIG_IGN);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    Recorder recorder;
    recorder.listen("pulse");
    const rlimit small{64 * 1024, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
    recorder.start(m_dir / "take.wav");
    const bool told = waitFor([&] { return !recorder.status().trouble.empty(); });
    ::setrlimit(RLIMIT_FSIZE, &old);
    ::signal(SIGXFSZ, oldAction);
    ASSERT_TRUE(told);
    EXPECT_EQ(recorder.status().state, RecorderState::Listening);
    EXPECT_THAT(recorder.status().trouble, HasSubstr("disk is full"));
    const RecordedTake take = recorder.stop();
    EXPECT_EQ(take.end, TakeEnd::DiskFull);
    EXPECT_EQ(take.frames, (64 * 1024 - 44) / (3 * take.channels));
    EXPECT_EQ(probeAudioFile(m_dir / "take.wav").frames, take.frames);
}

TEST_F(RecorderTest, RoomIsLeftForTheProjectToNoteTheTake) {
    Recorder recorder(std::uint64_t{1} << 62U); // more than any disk has
    recorder.listen("pulse");
    try {
        recorder.start(m_dir / "take.wav");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io);
        EXPECT_THAT(error.what(), HasSubstr("make room"));
    }
    EXPECT_FALSE(std::filesystem::exists(m_dir / "take.wav"));
    EXPECT_EQ(recorder.status().state, RecorderState::Listening);
}

TEST_F(RecorderTest, AMissingMicrophoneIsAnErrorThatNamesIt) {
    Recorder recorder;
    try {
        recorder.listen("no such microphone");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Audio);
        EXPECT_THAT(error.what(), HasSubstr("no such microphone"));
    }
    EXPECT_EQ(recorder.status().state, RecorderState::Closed);
    EXPECT_THROW(recorder.start(m_dir / "take.wav"), Error);
}

TEST_F(RecorderTest, AFileThatCannotBeMadeLeavesTheMicrophoneListening) {
    Recorder recorder;
    recorder.listen("pulse");
    EXPECT_THROW(recorder.start(m_dir / "no folder" / "take.wav"), Error);
    EXPECT_EQ(recorder.status().state, RecorderState::Listening);
    recorder.start(m_dir / "take.wav");
    EXPECT_EQ(recorder.status().state, RecorderState::Recording);
}

// Last: the server does not come back.
TEST_F(RecorderTest, ZADeviceThatGoesAwayKeepsWhatWasHeardAndSaysSo) {
    Recorder recorder;
    recorder.listen("pulse");
    recorder.start(m_dir / "take.wav");
    ASSERT_TRUE(waitFor([&] { return recorder.status().recordedSec > 0.5; }));
    m_daemon->kill();
    ASSERT_TRUE(waitFor([&] { return recorder.status().state == RecorderState::Lost; }, 10s));
    EXPECT_THAT(recorder.status().trouble, HasSubstr("went away"));
    const RecordedTake take = recorder.stop();
    EXPECT_EQ(take.end, TakeEnd::DeviceLost);
    EXPECT_GT(take.durationSec(), 0.4);
    EXPECT_EQ(probeAudioFile(m_dir / "take.wav").frames, take.frames);
    EXPECT_THROW(recorder.start(m_dir / "second.wav"), Error);
    recorder.close();
    EXPECT_EQ(recorder.status().state, RecorderState::Closed);
    EXPECT_THROW(recorder.listen("pulse"), Error) << "no server, no microphone";
}

} // namespace
} // namespace viva
