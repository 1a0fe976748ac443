// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/clip_export.h"

#include "core/audio/audio_file.h"
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/base/sha256.h"
#include "core/project/clip_check.h"
#include "core/project/clip_import.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/made_tree.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <sstream>

namespace viva {
namespace {

namespace fs = std::filesystem;
using test::FileSizeLimit;
using test::MadeTree;
using test::TempDir;
using testing::HasSubstr;

/// Four clips: two questions, none, one in a split with a strange name, one without split.
class ClipExportTest : public testing::Test {
protected:
    void SetUp() override {
        for (const char* name : {"a", "b", "c", "d"})
            writeAudioFile(m_tree / (std::string(name) + ".wav"),
                           {std::vector<float>(*name == 'd' ? 60000 : 1600, 0.1F), 16000},
                           AudioEncoding::Wav16);
        m_tree.write(
            "data.jsonl",
            R"({"id": "one", "audio": "a.wav", "question": "Who?", "answers": ["Tom.", "It was Tom."], "split": "train", "tags": "x|y"}
{"id": "one", "audio": "a.wav", "question": "Where?", "answer": "Here.", "split": "train"}
{"id": "two/three", "audio": "b.wav", "split": "train", "speaker": "s"}
{"id": "four", "audio": "c.wav", "text": "Words.", "split": "tst-COMMON"}
{"id": "five", "audio": "d.wav", "text": "More."}
)");
        const ImportReport report = importClips(
            *ProjectStore::open(m_project), {.path = m_tree / "data.jsonl", .decodeAudio = true});
        ASSERT_EQ(report.counts, (ImportCounts{4, 1, 0, 0}));
    }
    static std::vector<nlohmann::json> rows(const fs::path& file) {
        std::istringstream lines(readFile(file));
        std::vector<nlohmann::json> out;
        for (std::string line; std::getline(lines, line);)
            out.push_back(parseJson(line, file.string()));
        return out;
    }
    MadeTree m_tree;
    TempDir m_dir;
    fs::path m_project = m_dir / "P.viva";
};

TEST_F(ClipExportTest, WritesAnAudioFolderThatComesBackTheSame) {
    const ClipExportReport report =
        exportClips(*ProjectStore::open(m_project), {.folder = m_dir / "out"});
    EXPECT_EQ(report.clips, 4);
    EXPECT_TRUE(report.faults.empty());
    const auto train = rows(m_dir / "out/train/metadata.jsonl");
    ASSERT_EQ(train.size(), 3U);
    EXPECT_EQ(train[0]["file_name"], "one.wav");
    EXPECT_EQ(train[1]["question"], "Where?");
    EXPECT_EQ(train[2]["file_name"], "two_three.wav");
    EXPECT_EQ(train[2]["references"], nlohmann::json({""}));
    const auto other = rows(m_dir / "out/tst_COMMON/metadata.jsonl");
    // The loader refuses splits whose tables have other columns.
    for (const auto& [key, value] : train[0].items())
        EXPECT_EQ(other[0][key].type(), value.type()) << key;
    EXPECT_THAT(readFile(m_dir / "out/README.md"),
                HasSubstr("  - split: tst_COMMON\n    path: tst_COMMON/**\n"));
    EXPECT_TRUE(fs::exists(m_dir / "out/unassigned/five.wav"));

    const fs::path again = m_dir / "Q.viva";
    const ImportReport back = importClips(*ProjectStore::open(again), {.path = m_dir / "out"});
    EXPECT_EQ(back.format, "audiofolder");
    EXPECT_EQ(back.counts, (ImportCounts{4, 1, 0, 0}));
    const auto store = ProjectStore::openReadOnly(again);
    const ClipStore clips(*store);
    for (const ClipRecord& clip : clips.clips(clips.ids({.splits = {"tst-COMMON"}})))
        EXPECT_EQ(clip.utterance.id, "four");
    const auto one = clips.clips(clips.ids({.tags = {"y"}}));
    ASSERT_EQ(one.size(), 1U);
    ASSERT_EQ(one[0].utterance.tasks.size(), 2U);
    EXPECT_EQ(one[0].utterance.tasks[0].references,
              (std::vector<std::string>{"Tom.", "It was Tom."}));
}

TEST_F(ClipExportTest, MissingSoundsAreLeftOutAndFullFoldersRefused) {
    fs::remove(m_tree / "c.wav");
    const ClipExportReport report =
        exportClips(*ProjectStore::open(m_project), {.folder = m_dir / "out"});
    EXPECT_EQ(report.clips, 3);
    ASSERT_EQ(report.faults.size(), 1U);
    EXPECT_EQ(report.faults[0].item, "four");
    try {
        (void)exportClips(*ProjectStore::open(m_project), {.folder = m_dir / "out"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

TEST_F(ClipExportTest, AFullDiskLeavesNothing) {
    try {
        const FileSizeLimit full(100 << 10); // the last sound is longer
        (void)exportClips(*ProjectStore::open(m_project), {.folder = m_dir / "out"});
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Io);
        EXPECT_THAT(error.what(), HasSubstr("make room"));
    }
    EXPECT_TRUE(fs::is_empty(m_dir / "out"));
}

TEST_F(ClipExportTest, AStoppedExportIsWhole) {
    std::stop_source stop;
    const ClipExportReport report =
        exportClips(*ProjectStore::open(m_project), {.folder = m_dir / "out"}, stop.get_token(),
                    [&](double) { stop.request_stop(); });
    EXPECT_TRUE(report.stopped);
    EXPECT_EQ(report.clips, 1);
    EXPECT_EQ(rows(m_dir / "out/train/metadata.jsonl").size(), 2U);
}

TEST_F(ClipExportTest, CheckNamesChangedAndMissingSounds) {
    EXPECT_EQ(checkClips(*ProjectStore::open(m_project)).clips, 4);
    EXPECT_TRUE(checkClips(*ProjectStore::open(m_project)).faults.empty());
    writeAudioFile(m_tree / "a.wav", {std::vector<float>(1600, 0.2F), 16000}, AudioEncoding::Wav16);
    m_tree.write("b.wav", "no sound");
    fs::remove(m_tree / "c.wav");
    const ClipCheckReport report = checkClips(*ProjectStore::open(m_project));
    ASSERT_EQ(report.faults.size(), 3U);
    EXPECT_THAT(report.faults[0].reason, HasSubstr("sha256"));
    EXPECT_THAT(report.faults[1].reason, HasSubstr("not a sound file"));
    EXPECT_THAT(report.faults[2].reason, HasSubstr("does not exist"));
    EXPECT_EQ(checkClips(*ProjectStore::open(m_project), {.splits = {""}}).clips, 1);
}

TEST_F(ClipExportTest, SoundsThatAreReferredToGetTheirHash) {
    const fs::path project = m_dir / "R.viva";
    (void)importClips(*ProjectStore::open(project), {.path = m_tree / "data.jsonl"});
    fs::remove(m_tree / "c.wav");
    const ClipHashReport report = hashClips(*ProjectStore::open(project));
    EXPECT_EQ(report.hashed, 3);
    ASSERT_EQ(report.faults.size(), 1U);
    const auto store = ProjectStore::openReadOnly(project);
    const ClipStore clips(*store);
    EXPECT_EQ(clips.clip(1)->utterance.sha256, sha256OfFile(m_tree / "a.wav"));
    EXPECT_FALSE(clips.undoLabel());
    EXPECT_EQ(hashClips(*ProjectStore::open(project)).hashed, 0);
}

} // namespace
} // namespace viva
