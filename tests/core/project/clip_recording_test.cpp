// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_recording.h"

#include "core/audio/audio_file.h"
#include "core/audio/wav_stream.h"
#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

namespace viva {
namespace {

namespace fs = std::filesystem;

class ClipRecordingTest : public testing::Test {
protected:
    RecordedTake makeTake(std::size_t frames = 8000) const {
        RecordedTake take;
        take.file = newTakeFile(project);
        take.device = "pulse";
        take.rateHz = 44100;
        take.channels = 2;
        WavStream stream(take.file, take.rateHz, take.channels);
        EXPECT_EQ(stream.write(std::vector<float>(2 * frames, 0.25F)), WavStream::Result::Ok);
        stream.finish();
        take.frames = stream.frames();
        return take;
    }
    [[nodiscard]] ClipRecord clip(ClipId id) const {
        const auto store = ProjectStore::openReadOnly(project);
        return ClipStore(*store).clip(id).value();
    }

    test::TempDir dir;
    fs::path project = dir / "A.viva";
};

TEST_F(ClipRecordingTest, AKeptTakeIsAClipWithItsFactsAndLabels) {
    const RecordedTake take = makeTake();
    const std::string hash = sha256OfFile(take.file);
    Utterance labels;
    labels.speaker = "anna";
    labels.split = "train";
    labels.tasks = {{"sqa", "Where is the key?", {"In the kitchen."}, {}, {}, {}}};
    const ClipRecord kept = clip(keepTake(*ProjectStore::open(project), take, labels));
    EXPECT_FALSE(fs::exists(take.file));
    EXPECT_EQ(kept.utterance.audioPath.rfind("clips/rec-", 0), 0u) << kept.utterance.audioPath;
    EXPECT_TRUE(fs::exists(project / kept.utterance.audioPath));
    EXPECT_EQ(kept.utterance.sha256, hash);
    EXPECT_EQ(kept.rateHz, 44100);
    EXPECT_EQ(kept.channels, 2);
    EXPECT_DOUBLE_EQ(kept.utterance.durationSec, 8000.0 / 44100);
    EXPECT_EQ(kept.utterance.speaker, "anna");
    EXPECT_EQ(kept.utterance.tasks, labels.tasks);
    EXPECT_EQ(kept.provenance, "recorded from pulse");
    EXPECT_EQ(readAudioForModel(project / kept.utterance.audioPath).sampleRateHz, 16000);
}

TEST_F(ClipRecordingTest, KeepingCanBeUndoneAndTheSoundStays) {
    const ClipId id = keepTake(*ProjectStore::open(project), makeTake(), {});
    const auto store = ProjectStore::open(project);
    ClipStore clips(*store);
    EXPECT_TRUE(clips.undo());
    EXPECT_TRUE(clips.ids().empty());
    EXPECT_TRUE(clips.redo());
    EXPECT_EQ(clips.ids(), std::vector<ClipId>{id});
    EXPECT_TRUE(fs::exists(project / clips.clip(id)->utterance.audioPath));
}

TEST_F(ClipRecordingTest, TwoTakesOfTheSameSecondAndNameDoNotMeet) {
    const RecordedTake first = makeTake();
    const RecordedTake second = makeTake();
    EXPECT_NE(first.file, second.file);
    Utterance labels;
    labels.id = "../my clip";
    const ClipRecord one = clip(keepTake(*ProjectStore::open(project), first, labels));
    const ClipRecord two = clip(keepTake(*ProjectStore::open(project), second, labels));
    EXPECT_EQ(one.utterance.audioPath, "clips/clip.._my_clip.wav");
    EXPECT_EQ(two.utterance.audioPath, "clips/clip.._my_clip-2.wav");
    EXPECT_EQ(one.utterance.id, "../my clip");
    EXPECT_EQ(two.utterance.id, "../my clip-2");
}

TEST_F(ClipRecordingTest, LabelsThatAreNotSoundLeaveTheTakeWhereItIs) {
    const RecordedTake take = makeTake();
    Utterance labels;
    labels.tasks = {{"sqa", "", {}, {}, {}, {}}};
    try {
        keepTake(*ProjectStore::open(project), take, labels);
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
    EXPECT_TRUE(fs::exists(take.file));
    RecordedTake empty = take;
    empty.frames = 0;
    EXPECT_THROW(keepTake(*ProjectStore::open(project), empty, {}), Error);
}

TEST_F(ClipRecordingTest, ATakeLeftByACrashIsFoundMendedAndKept) {
    const fs::path file = newTakeFile(project);
    const pid_t child = ::fork();
    if (child == 0) {
        WavStream stream(file, 16000, 1);
        static_cast<void>(stream.write(std::vector<float>(1600, 0.5F)));
        ::kill(::getpid(), SIGKILL); // before the header was brought up to date
    }
    ::waitpid(child, nullptr, 0);
    const std::vector<RecordedTake> left = leftTakes(project);
    ASSERT_EQ(left.size(), 1u);
    EXPECT_EQ(left[0].frames, 1600);
    EXPECT_DOUBLE_EQ(
        clip(keepTake(*ProjectStore::open(project), left[0], {})).utterance.durationSec, 0.1);
    EXPECT_TRUE(leftTakes(project).empty());
}

TEST_F(ClipRecordingTest, ATakeBeingRecordedIsNobodysFind) {
    WavStream stream(newTakeFile(project), 16000, 1);
    EXPECT_EQ(stream.write(std::vector<float>(1600, 0.5F)), WavStream::Result::Ok);
    EXPECT_TRUE(leftTakes(project).empty());
    EXPECT_TRUE(fs::exists(stream.path()));
}

TEST_F(ClipRecordingTest, EmptyTakesGoAwayAndDiscardedOnesToo) {
    const RecordedTake empty = makeTake(0);
    EXPECT_TRUE(leftTakes(project).empty());
    EXPECT_FALSE(fs::exists(empty.file));
    const RecordedTake take = makeTake();
    discardTake(take);
    EXPECT_FALSE(fs::exists(take.file));
    discardTake(take);
}

} // namespace
} // namespace viva
