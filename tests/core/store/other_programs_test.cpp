// SPDX-License-Identifier: GPL-3.0-or-later
// Another program opens the project while this one has it.
#include "core/base/error.h"
#include "core/store/clip_store.h"
#include "core/store/project_store.h"
#include "tests/support/file_locks.h"
#include "tests/support/temp_dir.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <thread>

namespace viva {
namespace {

namespace fs = std::filesystem;

ClipRecord clipCalled(const std::string& name) {
    ClipRecord clip;
    clip.utterance.id = name;
    clip.utterance.audioPath = "clips/" + name + ".wav";
    clip.source = "/data/" + name + ".wav";
    return clip;
}

class OtherPrograms : public testing::Test {
protected:
    OtherPrograms() {
        const auto store = ProjectStore::open(m_folder); // closed cleanly: no log is left
        ClipStore(*store).add(clipCalled("first"), "Record");
    }
    /// What a process of its own answers.
    [[nodiscard]] std::string visit(const std::string& sql) const {
        const std::string command =
            fmt::format("'{}' '{}' \"{}\"", VIVA_VISITOR, m_file.string(), sql);
        FILE* pipe = ::popen(command.c_str(), "r");
        std::string answer;
        std::array<char, 256> piece{};
        while (std::fgets(piece.data(), piece.size(), pipe))
            answer += piece.data();
        EXPECT_EQ(::pclose(pipe), 0) << answer;
        return answer.substr(0, answer.find_last_not_of('\n') + 1);
    }
    /// Everything that a window does to a project beside its connections: more of them come and
    /// go, and something (a file dialog) looks into the files.
    void lookIntoTheFiles() const {
        { const auto second = ProjectStore::open(m_folder); }
        { const auto reader = ProjectStore::openReadOnly(m_folder); }
        for (const char* part : {"", "-wal", "-shm"})
            std::ifstream(m_file.string() + part).get();
    }

    test::TempDir m_dir;
    fs::path m_folder = m_dir / "A.viva";
    fs::path m_file = m_folder / ProjectStore::kFileName;
};

TEST_F(OtherPrograms, LocksStayWhoeverElseOpensTheFile) {
    const auto store = ProjectStore::open(m_folder);
    const auto held = test::locksOn(m_file);
    ASSERT_FALSE(held.empty()) << "a connection to a project with a log holds its shared lock";
    const auto index = test::locksOn(m_file.string() + "-shm");
    ASSERT_FALSE(index.empty());
    lookIntoTheFiles();
    EXPECT_EQ(test::locksOn(m_file), held);
    EXPECT_EQ(test::locksOn(m_file.string() + "-shm"), index);
}

TEST_F(OtherPrograms, LocksGoWithTheConnection) {
    for (int round = 0; round < 3; ++round) {
        auto first = ProjectStore::openReadOnly(m_folder);
        auto second = ProjectStore::open(m_folder);
        static_cast<void>(first->runs());
        EXPECT_FALSE(test::locksOn(m_file).empty());
        first.reset();
        EXPECT_FALSE(test::locksOn(m_file).empty()) << "the second one has it";
        second.reset();
        EXPECT_TRUE(test::locksOn(m_file).empty());
        EXPECT_FALSE(fs::exists(m_file.string() + "-wal")) << "closed cleanly";
    }
}

TEST_F(OtherPrograms, AVisitorTakesNoLogAwayAndLosesNothing) {
    {
        const auto store = ProjectStore::open(m_folder);
        ClipStore clips(*store);
        lookIntoTheFiles();
        EXPECT_EQ(visit("SELECT count(*) FROM clip"), "1");
        clips.add(clipCalled("second"), "Record");
        EXPECT_EQ(visit("SELECT count(*) FROM clip"), "2") << "the log is the same one";
        EXPECT_EQ(visit("UPDATE clip SET notes = 'seen'"), "");
        clips.add(clipCalled("third"), "Record");
        lookIntoTheFiles();
        EXPECT_EQ(clips.clip(1)->notes, "seen");
        EXPECT_EQ(visit("PRAGMA integrity_check"), "ok");
    }
    EXPECT_EQ(visit("PRAGMA integrity_check"), "ok");
    const auto store = ProjectStore::open(m_folder);
    EXPECT_EQ(ClipStore(*store).ids().size(), 3U);
}

TEST_F(OtherPrograms, TwoProgramsWriteInTurn) {
    constexpr int kRounds = 25;
    {
        const auto store = ProjectStore::open(m_folder);
        const RunId run = store->createRun("run", "{}");
        std::jthread other([&] {
            for (int i = 0; i < kRounds; ++i)
                EXPECT_EQ(visit("INSERT INTO note (run, step, text, created_at) VALUES (1, 1, "
                                "'theirs', '')"),
                          "");
        });
        for (int i = 0; i < kRounds * 8; ++i) {
            store->appendEvents(run, std::vector<TrainingEvent>{NoteEvent{1, "ours"}});
            if (i % 10 == 0)
                lookIntoTheFiles();
        }
        other.join();
        EXPECT_EQ(store->notes(run).size(), kRounds * 9U);
    }
    EXPECT_EQ(visit("PRAGMA integrity_check"), "ok");
    EXPECT_EQ(ProjectStore::open(m_folder)->notes(1).size(), kRounds * 9U);
}

TEST_F(OtherPrograms, WhoWritesForLongIsWaitedForAndThenSaid) {
    const auto store = ProjectStore::open(m_folder);
    const auto other = ProjectStore::open(m_folder);
    ClipStore clips(*store);
    // The first change holds the project; the second one waits its five seconds and says so.
    std::string sentence;
    clips.change("long", std::array{ClipId{1}}, [&](ClipRecord& clip) {
        clip.notes = "mine";
        try {
            ClipStore(*other).change("short", std::array{ClipId{1}},
                                     [](ClipRecord& own) { own.notes = "theirs"; });
        } catch (const Error& error) {
            sentence = error.what();
        }
    });
    EXPECT_NE(sentence.find("another program is writing"), std::string::npos) << sentence;
    EXPECT_EQ(clips.clip(1)->notes, "mine");
}

UtteranceTask asked(const std::string& question) {
    return {"sqa", question, {"Tom."}, "", {}, {}};
}

TEST_F(OtherPrograms, AnEditCannotUndoAnImport) {
    const auto store = ProjectStore::open(m_folder);
    ClipStore clips(*store);
    std::jthread import;
    // While the edit is made, an import of the same clip comes on another connection.
    clips.change("Speaker", std::array{ClipId{1}}, [&](ClipRecord& clip) {
        import = std::jthread([this] {
            const auto other = ProjectStore::open(m_folder);
        ClipRecord found = clipCalled("first");
        found.utterance.tasks = {asked("Who sings?")};
        ClipStore(*other).take(ClipStore(*other).beginImport("test", "none"), std::array{found},
                               {});
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    clip.utterance.speaker = "Anna";
});
import.join();
const ClipRecord now = clips.clip(1).value();
EXPECT_EQ(now.utterance.speaker, "Anna");
ASSERT_EQ(now.utterance.tasks.size(), 1U) << "the import's question is lost";
EXPECT_EQ(clips.undo(), "Import 1");
EXPECT_EQ(clips.undo(), "Speaker");
}

TEST_F(OtherPrograms, UndoingAnEditDuringAnImportTakesNothingOfItAway) {
    const auto store = ProjectStore::open(m_folder);
    ClipStore clips(*store);
    const auto other = ProjectStore::open(m_folder);
    ClipStore importing(*other);
    const std::int64_t import = importing.beginImport("test", "none");
    ClipRecord found = clipCalled("new");
    found.utterance.tasks = {asked("Who sings?")};
    importing.take(import, std::array{found}, {});
    const ClipId id = clips.ids({.search = "new"}).at(0);
    clips.change("Question", std::array{id},
                 [](ClipRecord& clip) { clip.utterance.tasks.push_back(asked("Where?")); });
    found.utterance.tasks = {asked("When?")};
    importing.take(import, std::array{found}, {}); // its next batch has the same clip again
    found.utterance.tasks = {asked("Why?")};
    importing.take(import, std::array{found}, {});
    EXPECT_EQ(clips.clip(id)->utterance.tasks.size(), 4U);
    EXPECT_EQ(clips.undo(), "Import 1"); // "Why?"
    EXPECT_EQ(clips.undo(), "Import 1"); // "When?"
    EXPECT_EQ(clips.undo(), "Question");
    EXPECT_EQ(clips.clip(id)->utterance.tasks.size(), 1U);
    for (int i = 0; i < 3; ++i)
        clips.redo();
    EXPECT_EQ(clips.clip(id)->utterance.tasks.size(), 4U);
}

} // namespace
} // namespace viva
