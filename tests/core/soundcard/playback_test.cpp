// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/soundcard/playback.h"

#include "core/audio/resampler.h"
#include "core/base/error.h"
#include "core/soundcard/device_list.h"
#include "tests/support/pulse_daemon.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <span>
#include <thread>

namespace viva {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// A rising tone, different at every moment, so that its place in a recording is unmistakable.
std::shared_ptr<const AudioBuffer> chirp(int rateHz, double durationSec) {
    AudioBuffer buffer{{}, rateHz};
    buffer.samples.resize(static_cast<std::size_t>(rateHz * durationSec));
    for (std::size_t i = 0; i < buffer.samples.size(); ++i) {
        const double t = static_cast<double>(i) / rateHz;
        buffer.samples[i] =
            static_cast<float>(0.5 * std::sin(2 * 3.14159265358979 * (200 * t + 700 * t * t)));
    }
    return std::make_shared<const AudioBuffer>(std::move(buffer));
}

/// Best normalised correlation of `want` anywhere in `heard`, both at one rate.
double bestCorrelation(const std::vector<float>& heard, std::span<const float> want) {
    double best = 0.0;
    double energy = 0.0;
    for (const float value : want)
        energy += static_cast<double>(value) * value;
    for (std::size_t shift = 0; shift + want.size() <= heard.size(); ++shift) {
        double dot = 0.0;
        double own = 1e-9;
        for (std::size_t i = 0; i < want.size(); i += 3) {
            dot += 3.0 * heard[shift + i] * want[i];
            own += 3.0 * heard[shift + i] * heard[shift + i];
        }
        best = std::max(best, dot / std::sqrt(own * energy));
    }
    return best;
}

class PlayerTest : public testing::Test {
protected:
    void SetUp() override {
        static PulseDaemon daemon; // one for all: ALSA reads its configuration once a process
        m_daemon = &daemon;
        if (!daemon.whyNot().empty())
            GTEST_SKIP() << daemon.whyNot();
        const AudioDeviceList list = listAudioDevices();
        if (std::none_of(list.outputs.begin(), list.outputs.end(),
                         [](const AudioDevice& device) { return device.name == "pulse"; }))
            GTEST_SKIP() << "ALSA's pulse plug-in (libasound2-plugins) is not installed";
    }

    static bool finishes(Player& player, double limitSec) {
        const auto start = Clock::now();
        while (player.isPlaying()) {
            if (secondsSince(start) > limitSec)
                return false;
            std::this_thread::sleep_for(10ms);
        }
        return true;
    }

    PulseDaemon* m_daemon = nullptr;
};

TEST_F(PlayerTest, TheLoudspeakerGetsTheClip) {
    const auto clip = chirp(16000, 0.8);
    m_daemon->startRecording();
    Player player("pulse");
    player.play(clip);
    EXPECT_TRUE(player.isPlaying());
    EXPECT_TRUE(finishes(player, 10.0));
    EXPECT_DOUBLE_EQ(player.positionSec(), 0.8);
    const AudioBuffer heard =
        resample({m_daemon->stopRecording(), PulseDaemon::kRateHz}, clip->sampleRateHz);
    ASSERT_GT(heard.samples.size(), clip->samples.size());
    // The middle of the clip: a busy machine may swallow the very first moment.
    const std::span<const float> middle(clip->samples.data() + 3200, 6400);
    EXPECT_GT(bestCorrelation(heard.samples, middle), 0.95);
}

TEST_F(PlayerTest, StartsAtTheGivenSample) {
    const auto clip = chirp(16000, 1.0);
    m_daemon->startRecording();
    Player player("pulse");
    player.play(clip, 8000);
    EXPECT_GE(player.positionSec(), 0.5);
    EXPECT_TRUE(finishes(player, 10.0));
    const AudioBuffer heard =
        resample({m_daemon->stopRecording(), PulseDaemon::kRateHz}, clip->sampleRateHz);
    const std::span<const float> all(clip->samples);
    EXPECT_GT(bestCorrelation(heard.samples, all.subspan(9600, 4800)), 0.95);
    EXPECT_LT(bestCorrelation(heard.samples, all.subspan(1600, 4800)), 0.5);
}

TEST_F(PlayerTest, ThePositionFollowsTheClockAndNeverTurnsBack) {
    m_daemon->startRecording(); // a sink that is listened to runs in small steps
    Player player("pulse");
    const auto called = Clock::now();
    player.play(chirp(16000, 6.0));
    double last = 0.0;
    const auto follow = [&](double untilPosition) {
        while (last < untilPosition && secondsSince(called) < 20.0) {
            const double position = player.positionSec();
            EXPECT_GE(position, last - 0.03) << "turned back";
            EXPECT_LE(position, secondsSince(called) + 0.05) << "ahead of the sound";
            last = position;
            std::this_thread::sleep_for(10ms);
        }
    };
    follow(0.5);
    const auto halfway = Clock::now();
    const double from = last;
    follow(2.0);
    EXPECT_GE(last, 2.0);
    EXPECT_NEAR(last - from, secondsSince(halfway), 0.25);
    player.stop();
    EXPECT_FALSE(player.isPlaying());
    const double stopped = player.positionSec();
    EXPECT_LT(stopped, 6.0);
    std::this_thread::sleep_for(50ms);
    EXPECT_EQ(player.positionSec(), stopped);
    (void)m_daemon->stopRecording();
}

TEST_F(PlayerTest, PlayingAgainReplacesWhatPlays) {
    Player player("pulse");
    player.play(chirp(16000, 5.0));
    player.play(chirp(44100, 0.2));
    EXPECT_TRUE(finishes(player, 4.0));
    EXPECT_DOUBLE_EQ(player.positionSec(), 0.2);
    player.play(chirp(16000, 0.5), 8000);
    EXPECT_FALSE(player.isPlaying());
    EXPECT_DOUBLE_EQ(player.positionSec(), 0.5);
}

TEST_F(PlayerTest, ASelectionIsHeardAndNothingBehindIt) {
    const auto clip = chirp(16000, 2.0);
    m_daemon->startRecording();
    Player player("pulse");
    PlayRange range;
    range.startSec = 0.5;
    range.toSec = 1.0;
    player.play(clip, range);
    EXPECT_TRUE(finishes(player, 10.0));
    EXPECT_DOUBLE_EQ(player.positionSec(), 1.0);
    const AudioBuffer heard =
        resample({m_daemon->stopRecording(), PulseDaemon::kRateHz}, clip->sampleRateHz);
    const std::span<const float> all(clip->samples);
    EXPECT_GT(bestCorrelation(heard.samples, all.subspan(9600, 4800)), 0.95);
    EXPECT_LT(bestCorrelation(heard.samples, all.subspan(17600, 4800)), 0.5);
}

TEST_F(PlayerTest, ALoopGoesOnUntilItIsStoppedAndThePositionTurnsBackWithIt) {
    m_daemon->startRecording();
    Player player("pulse");
    PlayRange range;
    range.startSec = 0.2;
    range.fromSec = 0.2;
    range.toSec = 0.6;
    range.loop = true;
    const auto begun = Clock::now();
    player.play(chirp(16000, 2.0), range);
    int turns = 0;
    double last = 0;
    while (turns < 2 && secondsSince(begun) < 30) {
        const double position = player.positionSec();
        EXPECT_GE(position, 0.2 - 1e-6);
        EXPECT_LE(position, 0.6 + 1e-6);
        if (position < last - 0.05)
            ++turns;
        last = position;
        std::this_thread::sleep_for(10ms);
    }
    EXPECT_TRUE(player.isPlaying());
    EXPECT_EQ(turns, 2);
    player.stop();
    (void)m_daemon->stopRecording();
}

TEST_F(PlayerTest, HalfSpeedTakesTwiceTheTimeAndThePositionKnows) {
    m_daemon->startRecording();
    Player player("pulse");
    PlayRange range;
    range.speed = 0.5;
    player.play(chirp(16000, 1.0), range);
    ASSERT_TRUE(player.isPlaying());
    const auto waitUntil = [&](double position) {
        const auto start = Clock::now();
        while (player.positionSec() < position && secondsSince(start) < 10)
            std::this_thread::sleep_for(5ms);
        return Clock::now();
    };
    const auto early = waitUntil(0.2);
    const auto late = waitUntil(0.8);
    // 0.6 s of sound; sound cannot come early, and a busy machine may look late.
    EXPECT_GT(std::chrono::duration<double>(late - early).count(), 1.0);
    EXPECT_TRUE(finishes(player, 5.0));
    EXPECT_DOUBLE_EQ(player.positionSec(), 1.0);
    (void)m_daemon->stopRecording();
}

TEST_F(PlayerTest, AMissingDeviceIsAnErrorThatNamesIt) {
    Player player("no such loudspeaker");
    try {
        player.play(chirp(16000, 0.2));
        ADD_FAILURE() << "played on nothing";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Audio);
        EXPECT_THAT(error.what(), testing::HasSubstr("no such loudspeaker"));
    }
    EXPECT_FALSE(player.isPlaying());
}

TEST_F(PlayerTest, DevicesAreListedWithTheirRates) {
    const AudioDeviceList list = listAudioDevices();
    ASSERT_FALSE(list.outputs.empty());
    ASSERT_FALSE(list.inputs.empty());
    for (const AudioDevice& device : list.outputs) {
        EXPECT_FALSE(device.name.empty());
        EXPECT_EQ(device.hostApi, "ALSA");
        EXPECT_GT(device.channels, 0);
        EXPECT_GE(device.sampleRateHz, 8000);
    }
    EXPECT_EQ(std::count_if(list.outputs.begin(), list.outputs.end(),
                            [](const AudioDevice& device) { return device.isDefault; }),
              1);
}

} // namespace
} // namespace viva
