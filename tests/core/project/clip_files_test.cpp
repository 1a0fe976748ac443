// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_files.h"

#include "core/audio/audio_file.h"
#include "core/audio/wav_stream.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/sha256.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/temp_dir.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace viva {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

AudioBuffer toneOf(double durationSec, double amplitude = 0.25) {
    AudioBuffer buffer{std::vector<float>(static_cast<std::size_t>(16000 * durationSec)), 16000};
    for (std::size_t i = 0; i < buffer.samples.size(); ++i)
        buffer.samples[i] = std::nearbyint(8192 * static_cast<float>(4 * amplitude) *
                                           std::sin(0.2F * static_cast<float>(i))) /
                            32768.0F;
    return buffer;
}

AudioBuffer operator+(AudioBuffer first, const AudioBuffer& second) {
    first.samples.insert(first.samples.end(), second.samples.begin(), second.samples.end());
    return first;
}

class ClipFilesTest : public testing::Test {
protected:
    fs::path write(const std::string& name, const AudioBuffer& sound,
                   AudioEncoding encoding = AudioEncoding::Wav16) const {
        fs::create_directories((dir / name).parent_path());
        writeAudioFile(dir / name, sound, encoding);
        return dir / name;
    }
    OpenClipsReport open(const std::vector<fs::path>& paths, const OpenClipsOptions& options = {}) {
        return openClips(*ProjectStore::open(project), paths, options);
    }
    [[nodiscard]] std::vector<ClipRecord> clips() const {
        const auto store = ProjectStore::openReadOnly(project);
        const ClipStore all(*store);
        return all.clips(all.ids());
    }

    test::TempDir dir;
    fs::path project = dir / "A.viva";
};

TEST_F(ClipFilesTest, AFileIsCopiedAndTheOriginalMayGo) {
    const fs::path file = write("one.wav", toneOf(0.5));
    const std::string hash = sha256OfFile(file);
    const OpenClipsReport report = open({file});
    EXPECT_THAT(report.added, ElementsAre("one"));
    fs::remove(file);
    const ClipRecord clip = clips().at(0);
    EXPECT_EQ(clip.utterance.audioPath, "clips/one.wav");
    EXPECT_EQ(clip.utterance.sha256, hash);
    EXPECT_DOUBLE_EQ(clip.utterance.durationSec, 0.5);
    EXPECT_EQ(clip.rateHz, 16000);
    EXPECT_EQ(readAudioFile(clipAudioFile(project, clip)).samples.size(), 8000u);
}

TEST_F(ClipFilesTest, AFileCanBeReferredToAndIsThenNotCopied) {
    const fs::path file = write("one.flac", toneOf(0.5), AudioEncoding::Flac16);
    OpenClipsOptions options;
    options.copy = false;
    options.labels.speaker = "ben";
    open({file}, options);
    const ClipRecord clip = clips().at(0);
    EXPECT_EQ(clip.utterance.audioPath, file.string());
    EXPECT_EQ(clip.utterance.speaker, "ben");
    EXPECT_EQ(clipAudioFile(project, clip), file);
    EXPECT_TRUE(fs::is_empty(project / "clips"));
}

TEST_F(ClipFilesTest, AFolderIsOpenedWithItsFoldersAndBrokenFilesAreNamed) {
    write("in/b.wav", toneOf(0.2));
    write("in/a/a.ogg", toneOf(0.2), AudioEncoding::Opus);
    writeFileAtomically(dir / "in/notes.txt", "no sound");
    writeFileAtomically(dir / "in/empty.wav", "");
    const fs::path cut = write("in/cut.flac", toneOf(2.0), AudioEncoding::Flac16);
    fs::resize_file(cut, fs::file_size(cut) / 2);
    AudioBuffer odd = toneOf(0.1);
    writeAudioFile(dir / "in/odd.wav", odd, AudioEncoding::WavFloat);
    std::string bytes = readFile(dir / "in/odd.wav");
    const std::uint32_t nan = 0x7FC00000U;
    bytes.replace(bytes.size() - 400, 4, reinterpret_cast<const char*>(&nan), 4);
    writeFileAtomically(dir / "in/odd.wav", bytes);
    const OpenClipsReport report = open({dir / "in", dir / "gone.wav"});
    EXPECT_THAT(report.added, ElementsAre("a", "b"));
    ASSERT_EQ(report.faults.size(), 5u);
    EXPECT_EQ(report.faults[0].place, "cut.flac");
    EXPECT_THAT(report.faults[0].reason, HasSubstr("cut short"));
    EXPECT_THAT(report.faults[1].reason, HasSubstr("is empty"));
    EXPECT_THAT(report.faults[2].reason, HasSubstr("not a sound file"));
    EXPECT_THAT(report.faults[3].reason, HasSubstr("not a finite number"));
    EXPECT_THAT(report.faults[4].reason, HasSubstr("does not exist"));
    const auto store = ProjectStore::openReadOnly(project);
    EXPECT_EQ(ClipStore(*store).faults(report.importId).size(), 5u);
    EXPECT_EQ(ClipStore(*store).imports().at(0).counts.added, 2);
}

TEST_F(ClipFilesTest, ASecondTimeAddsNothingTwice) {
    const fs::path file = write("one.wav", toneOf(0.5));
    open({file});
    const OpenClipsReport again = open({file, file});
    EXPECT_TRUE(again.added.empty());
    EXPECT_EQ(again.known.size(), 2u);
    EXPECT_EQ(clips().size(), 1u);
}

TEST_F(ClipFilesTest, LongFilesAreCutAtSilenceOnRequestOnly) {
    const AudioBuffer pause{std::vector<float>(16000, 0.0F), 16000};
    const AudioBuffer talk = pause + toneOf(2) + pause + toneOf(3) + pause;
    const fs::path file = write("talk.wav", talk);
    OpenClipsOptions options;
    options.segments.emplace();
    options.segmentFromSec = 5;
    const OpenClipsReport report = open({file}, options);
    EXPECT_THAT(report.added, ElementsAre("talk-001", "talk-002"));
    const std::vector<ClipRecord> both = clips();
    EXPECT_NEAR(both[0].utterance.durationSec, 2.3, 0.03);
    EXPECT_NEAR(both[1].utterance.durationSec, 3.3, 0.03);
    const AudioBuffer second = readAudioFile(clipAudioFile(project, both[1]));
    const auto from = static_cast<std::ptrdiff_t>(3.85 * 16000);
    EXPECT_TRUE(
        std::equal(second.samples.begin(), second.samples.end(), talk.samples.begin() + from))
        << "the samples of the original, at " << both[1].provenance;
    EXPECT_EQ(open({file}, options).known.size(), 1u);
    EXPECT_TRUE(fs::exists(file));
}

TEST_F(ClipFilesTest, ManyChannelsAreKeptInTheFileAndCounted) {
    {
        WavStream stream(dir / "two.wav", 48000, 2);
        ASSERT_EQ(stream.write(std::vector<float>(2 * 4800, 0.1F)), WavStream::Result::Ok);
        stream.finish();
    }
    open({dir / "two.wav"});
    EXPECT_EQ(clips().at(0).channels, 2);
    EXPECT_EQ(probeAudioFile(clipAudioFile(project, clips().at(0))).channels, 2);
}

TEST_F(ClipFilesTest, StoppingKeepsWhatWentInAndSaysSo) {
    const fs::path first = write("a.wav", toneOf(0.5));
    const fs::path second = write("b.wav", toneOf(0.5));
    std::stop_source stop;
    OpenClipsOptions options;
    options.stop = stop.get_token();
    options.progress = [&](double share) {
        if (share >= 0.5)
            stop.request_stop();
    };
    const OpenClipsReport report = open({first, second}, options);
    EXPECT_TRUE(report.stopped);
    EXPECT_LE(report.added.size(), 1u);
}

TEST_F(ClipFilesTest, AnEditMakesANewFileAndUndoGoesBackToTheOld) {
    const fs::path file = write("one.wav", toneOf(1.0));
    open({file});
    const ClipRecord before = clips().at(0);
    const std::string hash = sha256OfFile(clipAudioFile(project, before));
    AudioEdit trim;
    trim.fromSec = 0.25;
    trim.toSec = 0.75;
    editClipAudio(*ProjectStore::open(project), before.id, trim);
    const ClipRecord after = clips().at(0);
    EXPECT_NE(after.utterance.audioPath, before.utterance.audioPath);
    EXPECT_DOUBLE_EQ(after.utterance.durationSec, 0.5);
    EXPECT_EQ(after.utterance.sha256, sha256OfFile(clipAudioFile(project, after)));
    EXPECT_EQ(sha256OfFile(clipAudioFile(project, before)), hash) << "the original is unchanged";
    AudioEdit louder;
    louder.normaliseToDb = 0.0;
    editClipAudio(*ProjectStore::open(project), before.id, louder);
    const auto store = ProjectStore::open(project);
    ClipStore all(*store);
    EXPECT_EQ(all.undo(), "Normalise one");
    EXPECT_EQ(all.clip(before.id)->utterance, after.utterance);
    EXPECT_EQ(all.undo(), "Trim one");
    EXPECT_EQ(*all.clip(before.id), before);
    EXPECT_EQ(all.redo(), "Trim one");
    EXPECT_DOUBLE_EQ(all.clip(before.id)->utterance.durationSec, 0.5);
}

TEST_F(ClipFilesTest, AnEditThatCannotBeMadeChangesNothing) {
    const fs::path file = write("one.wav", toneOf(1.0));
    open({file});
    const ClipRecord before = clips().at(0);
    AudioEdit beyond;
    beyond.fromSec = 2;
    EXPECT_THROW(editClipAudio(*ProjectStore::open(project), before.id, beyond), Error);
    EXPECT_EQ(clips().at(0), before);
    try {
        editClipAudio(*ProjectStore::open(project), 99, {});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

} // namespace
} // namespace viva
