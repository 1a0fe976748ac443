// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/voices.h"

#include "core/base/error.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <thread>

namespace viva {
namespace {

const std::string kText = "Peter has nine rings.";

Voice flite(const std::string& name) {
    return {"flite", name, name, ""};
}

ErrorCode codeOf(const Voice& voice, const std::string& text, const SpeechOptions& options) {
    try {
        (void)speak(voice, text, options);
    } catch (const Error& error) {
        return error.code();
    }
    ADD_FAILURE() << "spoken by " << voice.id();
    return ErrorCode::Internal;
}

/// Normalised autocorrelation of a window at one lag.
double likeness(const std::vector<float>& samples, std::size_t at, std::size_t window,
                std::size_t lag) {
    double product = 0;
    double here = 1e-9;
    double there = 1e-9;
    for (std::size_t i = at; i < at + window; ++i) {
        product += static_cast<double>(samples[i]) * samples[i + lag];
        here += static_cast<double>(samples[i]) * samples[i];
        there += static_cast<double>(samples[i + lag]) * samples[i + lag];
    }
    return product / std::sqrt(here * there);
}

/// Median pitch in Hz of the clearly voiced windows.
double pitchOf(const AudioBuffer& sound) {
    constexpr std::size_t kWindow = 640;
    std::vector<double> pitches;
    for (std::size_t at = 0; at + 2 * kWindow < sound.samples.size(); at += 320) {
        double best = 0;
        std::size_t bestLag = 0;
        for (std::size_t lag = 50; lag <= 230; ++lag) {
            // Twice a period is as like as one: the shorter lag is kept unless clearly worse.
            const double value = likeness(sound.samples, at, kWindow, lag);
            if (value > best + 0.05 || (value > best && lag < bestLag + 5)) {
                best = value;
                bestLag = lag;
            }
        }
        if (best > 0.85)
            pitches.push_back(static_cast<double>(sound.sampleRateHz) /
                              static_cast<double>(bestLag));
    }
    if (pitches.empty())
        return 0;
    std::sort(pitches.begin(), pitches.end());
    return pitches[pitches.size() / 2];
}

class FliteVoice : public testing::TestWithParam<const char*> {};

TEST_P(FliteVoice, GivesTheSameSamplesInAnyOrder) {
    const AudioBuffer first = speak(flite(GetParam()), kText, {.stretch = 0.9, .pitch = 1.1});
    EXPECT_EQ(first.sampleRateHz, 16000);
    EXPECT_GT(first.durationSec(), 0.8);
    EXPECT_LT(first.durationSec(), 3.0);
    (void)speak(flite("slt"), "Something else.", {.pitch = 0.8});
    (void)speak(flite(GetParam()), "Something else.", {.stretch = 1.2});
    EXPECT_EQ(speak(flite(GetParam()), kText, {.stretch = 0.9, .pitch = 1.1}).samples,
              first.samples);
}

TEST_P(FliteVoice, ObeysTheStretch) {
    const double slow = speak(flite(GetParam()), kText, {.stretch = 1.2}).durationSec();
    const double fast = speak(flite(GetParam()), kText, {.stretch = 0.8}).durationSec();
    EXPECT_NEAR(slow / fast, 1.5, 0.2);
}

TEST_P(FliteVoice, ObeysThePitchWhereItCan) {
    const AudioBuffer low = speak(flite(GetParam()), kText, {.pitch = 0.85});
    const AudioBuffer high = speak(flite(GetParam()), kText, {.pitch = 1.2});
    if (std::string(GetParam()) == "rms")
        EXPECT_EQ(low.samples, high.samples);
    else
        EXPECT_GT(pitchOf(high), pitchOf(low) * 1.15) << pitchOf(low) << " " << pitchOf(high);
}

INSTANTIATE_TEST_SUITE_P(All, FliteVoice, testing::Values("slt", "rms", "kal16", "awb"));

TEST(Voices, ManyThreadsHearTheSame) {
    const AudioBuffer expected = speak(flite("rms"), kText);
    std::vector<AudioBuffer> heard(4);
    {
        std::vector<std::jthread> threads;
        for (AudioBuffer& sound : heard)
            threads.emplace_back([&sound] { sound = speak(flite("rms"), kText); });
    }
    for (const AudioBuffer& sound : heard)
        EXPECT_EQ(sound.samples, expected.samples);
}

TEST(Voices, ProgramsSpeakWhereTheyAreInstalled) {
    int spoken = 0;
    for (const Voice& voice :
         {Voice{"espeak-ng", "en-us+f4", "", ""}, Voice{"festival", "ked_diphone", "", ""}}) {
        if (!voiceAvailable(voice))
            continue;
        ++spoken;
        const AudioBuffer sound = speak(voice, "Peter said \"nine\" \\ rings.");
        EXPECT_GT(sound.durationSec(), 0.8) << voice.id();
        EXPECT_EQ(speak(voice, "Peter said \"nine\" \\ rings.").samples, sound.samples);
        EXPECT_GT(speak(voice, kText, {.stretch = 1.3}).durationSec(),
                  speak(voice, kText, {.stretch = 0.8}).durationSec() * 1.2);
    }
    if (spoken == 0)
        GTEST_SKIP() << "neither espeak-ng nor festival is installed; only recipes need them";
}

TEST(Voices, SayWhatIsMissingOrWrong) {
    EXPECT_FALSE(voiceAvailable(flite("nobody")));
    EXPECT_FALSE(voiceAvailable({"espeak-ng", "en-us; reboot", "", ""}));
    EXPECT_FALSE(voiceAvailable({"espeak-ng", "xx-klingon-nowhere", "", ""}));
    EXPECT_FALSE(voiceAvailable({"festival", "nobody_diphone", "", ""}));
    EXPECT_EQ(codeOf(flite("nobody"), kText, {}), ErrorCode::NotFound);
    EXPECT_EQ(codeOf({"gramophone", "his_masters", "", ""}, kText, {}), ErrorCode::NotFound);
    EXPECT_EQ(codeOf({"festival", "../x", "", ""}, kText, {}), ErrorCode::NotFound);
    EXPECT_EQ(codeOf(flite("slt"), "  ", {}), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(flite("slt"), kText, {.stretch = 0}), ErrorCode::InvalidArgument);
    EXPECT_EQ(codeOf(flite("slt"), kText, {.pitch = std::nan("")}), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace viva
