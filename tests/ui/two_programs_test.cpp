// SPDX-License-Identifier: GPL-3.0-or-later
// What two programs may do with one project at once (core/store/README.md): the window's services
// here, `viva` as a process of its own.
#include "core/base/atomic_file.h"
#include "tests/cli/program.h"
#include "tests/support/fake_engine.h"
#include "tests/support/file_locks.h"
#include "tests/support/temp_dir.h"
#include "ui/bridge/project_clips.h"
#include "ui/bridge/session_run_service.h"

#include <QFileDialog>
#include <QTest>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace viva {
namespace {

namespace fs = std::filesystem;
using test::Program;
using test::ProgramResult;
using test::runViva;
using testing::HasSubstr;

/// The window's connections to a project: clips to look at and to edit, and a run.
struct Window {
    Window(const fs::path& folder, const fs::path& place) : clips(folder) {
        script.totalSteps = 100000;
        script.stepTime = std::chrono::milliseconds(2);
        SessionRunService::Setup setup;
        setup.projectFolder = folder;
        setup.folders.demo = place / "demo";
        setup.folders.cache = place / "cache";
        setup.engine = [this](const RunSetup& run) {
            script.runFolder = run.runFolder;
            script.resume = run.resume;
            return std::make_unique<test::FakeEngine>(script);
        };
        runs = std::make_unique<SessionRunService>(setup);
        QObject::connect(runs.get(), &RunService::runFailed,
                         [this](const QString& sentence) { said << sentence; });
        QObject::connect(runs.get(), &RunService::recordingFailed,
                         [this](const QString& sentence) { unrecorded << sentence; });
        QObject::connect(&clips, &ClipSource::failed,
                         [this](const QString& sentence) { said << sentence; });
        runs->openProject();
        clips.open();
        wait([this] { return clips.isOpen(); });
    }
    static void wait(const std::function<bool()>& until) {
        ASSERT_TRUE(QTest::qWaitFor(until, 20000));
    }
    void train() {
        runs->startRun(TrainConfig::demo(), false);
        wait([this] { return runs->status().step >= 3; });
    }
    void label(ClipId id, const std::string& notes) {
        clips.change("Notes", {id}, [notes](ClipRecord& clip) { clip.notes = notes; });
    }

    test::FakeScript script;
    QStringList said;       ///< sentences of trouble
    QStringList unrecorded; ///< those of the recorder
    ProjectClips clips;
    std::unique_ptr<SessionRunService> runs;
};

class TwoPrograms : public testing::Test {
protected:
    TwoPrograms() {
        const fs::path clips = fs::path(VIVA_GOLDEN_DIR) / "models" / "clips";
        std::string table = "path\tsentence\n";
        for (const char* name : {"cards.wav", "chirp31.wav"}) {
            fs::copy_file(clips / name, m_dir / name);
            table += std::string(name) + "\tA sentence.\n";
        }
        writeFileAtomically(m_dir / "data.tsv", table);
        const auto store = ProjectStore::open(m_folder); // closed cleanly
        ClipRecord clip;
        clip.utterance.id = "own";
        clip.utterance.audioPath = "clips/own.wav";
        clip.source = "own";
        ClipStore(*store).add(clip, "Record");
    }
    [[nodiscard]] ProgramResult viva(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--project", "A.viva"});
        return runViva(arguments, m_dir.path());
    }
    /// Whole and closed: nothing of what was written is lost.
    void expectWhole(const fs::path& folder) const {
        const auto store = ProjectStore::openReadOnly(folder);
        EXPECT_EQ(store->fault(), "");
    }

    test::TempDir m_dir;
    fs::path m_folder = m_dir / "A.viva";
    fs::path m_file = m_folder / ProjectStore::kFileName;
};

TEST_F(TwoPrograms, TheWindowTrainsAndEditsWhileVivaImportsAndEdits) {
    std::int64_t steps = 0;
    {
        Window window(m_folder, m_dir.path());
        window.train();
        EXPECT_EQ(viva({"import", "data.tsv"}).exitCode, 0);
        window.label(1, "one");
        const ProgramResult edited = viva({"data", "edit", "cards", "--set", "speaker=Anna"});
        EXPECT_EQ(edited.exitCode, 0) << edited.errors;
        window.label(2, "two");
        EXPECT_THAT(viva({"data", "list"}).output, HasSubstr("Anna"));
        EXPECT_FALSE(test::locksOn(m_file).empty()) << "taken away from the window";
        window.runs->stop();
        Window::wait([&] { return window.runs->status().state == RunState::Stopped; });
        steps = window.runs->status().step;
        EXPECT_TRUE(window.said.isEmpty()) << window.said.join(u'\n').toStdString();
    }
    expectWhole(m_folder);
    const auto store = ProjectStore::openReadOnly(m_folder);
    EXPECT_EQ(static_cast<std::int64_t>(store->series(1, "reward").size()), steps);
    const auto clips = ClipStore(*store).clips(ClipStore(*store).ids());
    ASSERT_EQ(clips.size(), 3U);
    EXPECT_EQ(clips[0].notes, "one");
    EXPECT_EQ(clips[1].notes, "two");
    EXPECT_EQ(clips[1].utterance.speaker, "Anna");
}

TEST_F(TwoPrograms, AFileDialogOnTheProjectTakesNoLockAway) {
    Window window(m_folder, m_dir.path());
    bool answered = false;
    window.clips.find({}, [&](const ClipList&) { answered = true; });
    Window::wait([&] { return answered; });
    const auto held = test::locksOn(m_file);
    const auto index = test::locksOn(m_file.string() + "-shm");
    ASSERT_FALSE(held.empty());
    // It looks into every file without a known ending, for an icon.
    QFileDialog dialog(nullptr, {}, QString::fromStdString(m_folder.string()));
    dialog.setOption(QFileDialog::DontUseNativeDialog);
    dialog.show();
    QTest::qWait(700);
    EXPECT_EQ(test::locksOn(m_file), held);
    EXPECT_EQ(test::locksOn(m_file.string() + "-shm"), index);
    EXPECT_EQ(viva({"data", "list"}).exitCode, 0);
    window.label(1, "still there");
    Window::wait([&] { return window.clips.undoLabel() == "Notes"; });
    EXPECT_THAT(viva({"data", "show", "own", "--json"}).output, HasSubstr("still there"));
}

TEST_F(TwoPrograms, ARunIsTrainedByOneOfThem) {
    Window first(m_folder, m_dir.path());
    first.train();
    Window second(m_folder, m_dir.path());
    second.runs->resumeRun(1);
    Window::wait([&] { return !second.said.isEmpty(); });
    EXPECT_THAT(second.said.front().toStdString(), HasSubstr("being trained by another process"));
    const ProgramResult resumed = viva({"train", "--resume", "1"});
    EXPECT_NE(resumed.exitCode, 0);
    EXPECT_THAT(resumed.errors, HasSubstr("being trained by another process"));
    second.runs->startRun(TrainConfig::demo(), false); // a run of its own it may have
    Window::wait([&] { return second.runs->status().step >= 3; });
    EXPECT_TRUE(first.said.isEmpty());
    const auto runs = ProjectStore::openReadOnly(m_folder)->runs();
    ASSERT_EQ(runs.size(), 2U);
    EXPECT_NE(runs[0].folder, runs[1].folder);
}

TEST_F(TwoPrograms, TwoWindowsEditTheSameClips) {
    {
        Window first(m_folder, m_dir.path());
        Window second(m_folder, m_dir.path());
        for (int i = 0; i < 20; ++i) {
            first.clips.change("Tag", {1}, [i](ClipRecord& clip) {
                clip.utterance.tags.push_back("a" + std::to_string(i));
            });
            second.clips.change("Tag", {1}, [i](ClipRecord& clip) {
                clip.utterance.tags.push_back("b" + std::to_string(i));
            });
        }
        bool undone = false;
        QTest::qWait(50);
        first.clips.undo([&] { undone = true; }); // the newest edit, whoever made it
        Window::wait([&] { return undone; });
        first.clips.redo();
    }
    expectWhole(m_folder);
    const auto store = ProjectStore::openReadOnly(m_folder);
    EXPECT_EQ(ClipStore(*store).clip(1)->utterance.tags.size(), 40U);
}

TEST_F(TwoPrograms, ACopyOfTheFolderTakenWhileTrainingIsWholeOrRefused) {
    Window window(m_folder, m_dir.path());
    window.script.groupsPerStep = 4;
    window.train();
    int whole = 0;
    for (int i = 0; i < 8; ++i) {
        const fs::path copy = m_dir / ("copy" + std::to_string(i) + ".viva");
        const std::string command =
            "cp -r '" + m_folder.string() + "' '" + copy.string() + "' 2> /dev/null";
        static_cast<void>(std::system(command.c_str()));
        try {
            const auto store = ProjectStore::open(copy);
            EXPECT_EQ(store->fault(), "") << "a torn copy was taken for whole";
            ++whole;
        } catch (const Error& error) {
            EXPECT_EQ(error.code(), ErrorCode::Database) << error.what();
            EXPECT_THAT(std::string(error.what()), HasSubstr("damaged"));
        }
        window.label(1, std::to_string(i));
        QTest::qWait(60);
    }
    EXPECT_GT(whole, 0);
    EXPECT_TRUE(window.said.isEmpty()) << window.said.join(u'\n').toStdString();
}

TEST_F(TwoPrograms, WhoWritesForTooLongIsSaidAndNothingOfTheRunIsLost) {
    std::int64_t steps = 0;
    {
        Window window(m_folder, m_dir.path());
        window.train();
        const auto other = ProjectStore::open(m_folder);
        const std::array<ClipId, 1> one{1};
        ClipStore(*other).change("long", one, [&](ClipRecord& clip) {
            clip.notes = "mine";
            window.label(1, "theirs");
            Window::wait([&] { return !window.said.isEmpty() && !window.unrecorded.isEmpty(); });
        });
        for (const QString& sentence : {window.said.front(), window.unrecorded.front()})
            EXPECT_THAT(sentence.toStdString(), HasSubstr("another program is writing"));
        EXPECT_EQ(window.said.size(), 1) << "the run itself has not failed";
        window.runs->stop();
        Window::wait([&] { return window.runs->status().state == RunState::Stopped; });
        steps = window.runs->status().step;
    }
    const auto store = ProjectStore::openReadOnly(m_folder);
    EXPECT_EQ(static_cast<std::int64_t>(store->series(1, "reward").size()), steps);
}

} // namespace
} // namespace viva
