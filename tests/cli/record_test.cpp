// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/audio/audio_file.h"
#include "core/audio/wav_stream.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/cli/program.h"
#include "tests/support/pulse_daemon.h"
#include "tests/support/sound_compare.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <csignal>
#include <thread>

namespace viva {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;
using Json = nlohmann::json;

class RecordCommandTest : public testing::Test {
protected:
    void SetUp() override {
        static PulseDaemon daemon;
        m_daemon = &daemon;
        if (!daemon.whyNot().empty())
            GTEST_SKIP() << daemon.whyNot();
        const auto list = test::runViva({"record", "--list-devices", "--json"}, m_dir.path());
        bool there = false;
        for (const Json& device : Json::parse(list.output))
            there = there || device.at("name") == "pulse";
        if (!there)
            GTEST_SKIP() << "ALSA's pulse plug-in (libasound2-plugins) is not installed";
    }
    [[nodiscard]] std::vector<ClipRecord> clips() const {
        const auto store = ProjectStore::openReadOnly(m_dir / "p.viva");
        const ClipStore all(*store);
        return all.clips(all.ids());
    }
    /// Waits until a take has begun to grow.
    [[nodiscard]] bool takeGrows() const {
        for (int i = 0; i < 500; ++i) {
            std::error_code ignored;
            for (const auto& file : fs::directory_iterator(m_dir / "p.viva/clips/.takes", ignored))
                if (file.file_size() > 20000)
                    return true;
            std::this_thread::sleep_for(20ms);
        }
        return false;
    }

    PulseDaemon* m_daemon = nullptr;
    test::TempDir m_dir;
};

TEST_F(RecordCommandTest, CtrlCEndsAndKeepsWhatWasPlayed) {
    const fs::path speech = test::speechFile();
    if (speech.empty())
        GTEST_SKIP() << "pocketsphinx-testdata is not installed";
    test::Program program({"record", "--project", "p.viva", "--device", "pulse", "--json", "--task",
                           "asr", "--question", "Write down what is said.", "--reference",
                           "he was not an ill disposed young man", "--speaker", "karen", "--split",
                           "train", "--tag", "librivox"},
                          m_dir.path(), m_dir / "home");
    ASSERT_TRUE(takeGrows());
    m_daemon->startPlaying(speech);
    m_daemon->waitForPlaying();
    std::this_thread::sleep_for(500ms);
    program.signal(SIGINT);
    const test::ProgramResult result = program.wait();
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    const Json report = Json::parse(result.output);
    EXPECT_EQ(report.at("dropped_frames"), 0);
    const std::vector<ClipRecord> all = clips();
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].id, report.at("clip"));
    EXPECT_EQ(all[0].utterance.speaker, "karen");
    EXPECT_EQ(all[0].utterance.split, "train");
    ASSERT_EQ(all[0].utterance.tasks.size(), 1u);
    EXPECT_EQ(all[0].utterance.tasks[0].references.at(0), "he was not an ill disposed young man");
    const AudioBuffer heard = readAudioFile(m_dir / "p.viva" / all[0].utterance.audioPath);
    EXPECT_GT(test::alignedCorrelation(heard, readAudioFile(speech)), 0.99);
}

TEST_F(RecordCommandTest, EndsByItselfAfterTheSecondsAsked) {
    const auto result = test::runViva(
        {"record", "--project", "p.viva", "--device", "pulse", "--seconds", "0.5"}, m_dir.path());
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    EXPECT_THAT(result.errors, HasSubstr("recording from pulse"));
    ASSERT_EQ(clips().size(), 1u);
    EXPECT_GE(clips()[0].utterance.durationSec, 0.5);
    EXPECT_LT(clips()[0].utterance.durationSec, 2.0);
}

TEST_F(RecordCommandTest, ARecordedClipWithATypedReferenceIsTrainedOn) {
    const fs::path speech = test::speechFile();
    if (speech.empty() || !fs::exists(fs::path(VIVA_DEMO_DIR) / "model" / "model.safetensors"))
        GTEST_SKIP() << "pocketsphinx-testdata or the built-in model is not there";
    for (const char* split : {"train", "validation"}) {
        m_daemon->startPlaying(speech);
        const auto recorded =
            test::runViva({"record", "--project", "p.viva", "--device", "pulse", "--seconds", "2",
                           "--quiet", "--task", "sqa", "--question", "Who was not ill disposed?",
                           "--reference", "The young man.", "--split", split},
                          m_dir.path());
        ASSERT_EQ(recorded.exitCode, 0) << recorded.errors;
    }
    const auto trained = test::runViva({"train", "--project", "p.viva", "--data", "project",
                                        "--steps", "2", "--set", "prompts_per_step=1", "--set",
                                        "eval.eval_steps=0", "--device", "cpu", "--json"},
                                       m_dir.path());
    EXPECT_EQ(trained.exitCode, 0) << trained.errors;
    const auto asked = test::runViva({"evaluate", "--data", "project", "--project", "p.viva",
                                      "--decoding", "greedy", "--device", "cpu", "--json"},
                                     m_dir.path());
    EXPECT_EQ(asked.exitCode, 0) << asked.errors;
    EXPECT_THAT(asked.output, HasSubstr(R"("validation")"));
    const auto store = ProjectStore::openReadOnly(m_dir / "p.viva");
    ASSERT_EQ(store->runs().size(), 1U);
    EXPECT_EQ(store->runs()[0].stepsDone, 2);
    const auto groups = store->groupsOfStep(store->runs()[0].id, 2);
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_EQ(groups[0].question, "Who was not ill disposed?");
}

TEST_F(RecordCommandTest, WhatAKilledProgramRecordedIsRecovered) {
    test::Program program({"record", "--project", "p.viva", "--device", "pulse", "--quiet"},
                          m_dir.path(), m_dir / "home");
    ASSERT_TRUE(takeGrows());
    program.signal(SIGKILL);
    static_cast<void>(program.wait());
    EXPECT_TRUE(clips().empty());
    const auto result =
        test::runViva({"record", "--project", "p.viva", "--recover", "--json"}, m_dir.path());
    EXPECT_EQ(result.exitCode, 0) << result.errors;
    ASSERT_EQ(clips().size(), 1u);
    EXPECT_GT(clips()[0].utterance.durationSec, 0.05);
    EXPECT_FALSE(readAudioFile(m_dir / "p.viva" / clips()[0].utterance.audioPath).samples.empty());
}

TEST_F(RecordCommandTest, AnUnknownMicrophoneIsNamedAndLeavesNothing) {
    const auto result =
        test::runViva({"record", "--project", "p.viva", "--device", "no such thing"}, m_dir.path());
    EXPECT_NE(result.exitCode, 0);
    EXPECT_THAT(result.errors, HasSubstr("no such thing"));
    EXPECT_TRUE(clips().empty());
}

} // namespace
} // namespace viva
