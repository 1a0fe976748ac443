// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/project_clips.h"

#include "tests/support/temp_dir.h"
#include "ui/models/clips/clip_table.h"

#include <QElapsedTimer>
#include <QTest>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <fstream>

namespace viva {
namespace {

ClipRecord clipNamed(const std::string& name) {
    ClipRecord clip;
    clip.utterance.id = name;
    clip.utterance.audioPath = "clips/" + name + ".wav";
    clip.source = "/data/" + name + ".wav";
    return clip;
}

class ProjectClipsTest : public testing::Test {
protected:
    void open() {
        clips = std::make_unique<ProjectClips>(dir / "A.viva");
        QObject::connect(clips.get(), &ClipSource::failed,
                         [this](const QString& sentence) { sentences << sentence; });
        clips->open();
        wait([this] { return clips->isOpen(); });
    }
    static void wait(const std::function<bool()>& until) {
        ASSERT_TRUE(QTest::qWaitFor(until, 20000));
    }
    void add(const std::vector<ClipRecord>& wanted) {
        bool done = false;
        clips->write(
            clips.get(),
            [&wanted](Project& project) {
                for (const ClipRecord& clip : wanted)
                    static_cast<void>(ClipStore(project.store()).add(clip, "Record"));
                return 0;
            },
            [&done](int) { done = true; });
        wait([&done] { return done; });
    }
    ClipRow one(ClipId id) {
        std::vector<ClipRow> rows;
        bool done = false;
        clips->load({id}, [&](std::vector<ClipRow> found) {
            rows = std::move(found);
            done = true;
        });
        wait([&done] { return done; });
        return rows.empty() ? ClipRow{} : rows.front();
    }

    test::TempDir dir;
    std::unique_ptr<ProjectClips> clips;
    QStringList sentences;
};

TEST_F(ProjectClipsTest, QuestionsWaitUntilTheProjectIsOpen) {
    clips = std::make_unique<ProjectClips>(dir / "A.viva");
    bool answered = false;
    clips->find({}, [&](const ClipList& found) {
        answered = true;
        EXPECT_TRUE(found.ids.empty());
    });
    QTest::qWait(30);
    EXPECT_FALSE(answered);
    EXPECT_FALSE(std::filesystem::exists(dir / "A.viva"));
    clips->open();
    wait([&] { return answered; });
}

TEST_F(ProjectClipsTest, ChangesAreKeptUndoneAndDoneAgain) {
    open();
    add({clipNamed("a"), clipNamed("b")});
    clips->change("Split of 2 clips", {1, 2},
                  [](ClipRecord& clip) { clip.utterance.split = "train"; });
    wait([this] { return clips->undoLabel() == "Split of 2 clips"; });
    EXPECT_EQ(one(1).clip.utterance.split, "train");
    EXPECT_EQ(one(2).clip.utterance.split, "train");
    bool undone = false;
    clips->undo([&undone] { undone = true; });
    wait([&] { return undone; });
    EXPECT_EQ(one(1).clip.utterance.split, "");
    EXPECT_EQ(clips->redoLabel(), "Split of 2 clips");
    clips->redo();
    wait([this] { return clips->redoLabel().isEmpty(); });
    EXPECT_EQ(one(2).clip.utterance.split, "train");
}

TEST_F(ProjectClipsTest, ARefusedChangeIsSaidAndChangesNothing) {
    open();
    add({clipNamed("a"), clipNamed("b")});
    QString refused;
    clips->change(
        "Name", {1}, [](ClipRecord& clip) { clip.utterance.id = "b"; },
        [&](const ErrorInfo& error) { refused = QString::fromStdString(error.text()); });
    wait([&] { return !refused.isEmpty(); });
    EXPECT_TRUE(refused.contains("\"b\"")) << refused.toStdString();
    EXPECT_EQ(one(1).clip.utterance.id, "a");
    clips->change("Name", {1}, [](ClipRecord& clip) { clip.utterance.id = "b"; });
    wait([this] { return !sentences.isEmpty(); });
}

TEST_F(ProjectClipsTest, WhatWasAskedForIsDoneWhenTheWindowCloses) {
    open();
    add({clipNamed("a")});
    clips->change("Notes", {1}, [](ClipRecord& clip) { clip.notes = "loud"; });
    clips.reset();
    open();
    EXPECT_EQ(one(1).clip.notes, "loud");
    EXPECT_EQ(clips->undoLabel(), "Notes");
}

TEST_F(ProjectClipsTest, AMissingSoundIsSeen) {
    open();
    add({clipNamed("a"), clipNamed("b")});
    std::filesystem::create_directories(dir / "A.viva" / "clips");
    std::ofstream(dir / "A.viva" / "clips" / "b.wav") << "x";
    EXPECT_TRUE(one(1).missing);
    EXPECT_FALSE(one(2).missing);
    clips->remove("Removal", {1});
    wait([this] { return clips->undoLabel() == "Removal"; });
    std::int64_t left = -1;
    clips->find({}, [&left](const ClipList& found) { left = found.totals.clips; });
    wait([&left] { return left >= 0; });
    EXPECT_EQ(left, 1);
}

TEST_F(ProjectClipsTest, OnlyTheNewestSearchIsAnswered) {
    open();
    add({clipNamed("alpha"), clipNamed("beta")});
    std::vector<std::string> answered;
    for (const char* word : {"alpha", "nothing", "beta"})
        clips->find({.search = word}, [&answered, word](const ClipList& found) {
            answered.emplace_back(word);
            EXPECT_EQ(found.ids.size(), 1U);
        });
    wait([&] { return !answered.empty(); });
    QTest::qWait(20);
    EXPECT_EQ(answered, std::vector<std::string>{"beta"});
}

/// Not a test of wall time: figures are printed, what was found must be right.
TEST_F(ProjectClipsTest, SearchesAHundredThousandClipsThroughTheTable) {
    constexpr int kClips = 100000;
    {
        const auto project = ProjectStore::open(dir / "A.viva");
        ClipStore store(*project);
        const std::int64_t import = store.beginImport("test", "none");
        std::vector<ClipRecord> piece;
        for (int i = 0; i < kClips; ++i) {
            ClipRecord clip = clipNamed(fmt::format("clip-{:06}", i));
            clip.utterance.text = fmt::format("The captain keeps key {} in room {}.", i, i % 97);
            clip.utterance.split = i % 10 == 0 ? "test" : "train";
            clip.utterance.speaker = fmt::format("speaker {}", i % 50);
            clip.utterance.durationSec = 2;
            piece.push_back(std::move(clip));
            if (piece.size() == 5000) {
                store.take(import, piece, {});
                piece.clear();
            }
        }
    }
    open();
    ClipTableModel model;
    bool found = false;
    QObject::connect(&model, &ClipTableModel::found, [&found] { found = true; });
    const auto timed = [&](const char* what, const ClipFilter& filter, std::int64_t expected) {
        QElapsedTimer clock;
        clock.start();
        const std::clock_t before = std::clock();
        found = false;
        if (model.source())
            model.setFilter(filter);
        else
            model.setSource(clips.get());
        wait([&found] { return found; });
        const double ms = static_cast<double>(clock.nsecsElapsed()) / 1e6;
        const double ownMs = 1e3 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        fmt::print("{}: {} of {} clips in {:.1f} ms, {:.1f} ms of processor\n", what,
                   model.rowCount(), kClips, ms, ownMs);
        EXPECT_EQ(model.totals().clips, expected) << what;
        EXPECT_EQ(model.rowCount(), expected) << what;
        EXPECT_DOUBLE_EQ(model.totals().durationSec, 2.0 * static_cast<double>(expected));
    };
    timed("all", {}, kClips);
    timed("a rare word", {.search = "99999"}, 1);
    timed("two words", {.search = "room 42 captain"}, 4087);
    timed("one letter", {.search = "c"}, kClips);
    timed("a split and a word", {.search = "key", .splits = {"test"}}, 10000);
    timed("a speaker", {.speakers = {"speaker 7"}}, 2000);
}

} // namespace
} // namespace viva
