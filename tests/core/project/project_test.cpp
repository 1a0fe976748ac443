// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/project.h"

#include "core/base/atomic_file.h"
#include "core/base/checkpoint_folder.h"
#include "core/base/json_reader.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <sys/wait.h>
#include <unistd.h>

namespace viva {
namespace {

namespace fs = std::filesystem;
using test::TempDir;

RunRecord withState(Project& project, RunState state) {
    const RunId id = project.createRun(TrainConfig::demo());
    RunRecord run = project.store().run(id).value();
    run.state = state;
    project.store().updateRun(run);
    return run;
}

TEST(Project, MakesItsFoldersAndOpensThemAgain) {
    TempDir dir;
    { const Project project = Project::open(dir / "a.viva" / ""); }
    const Project project = Project::open(dir / "a.viva");
    for (const char* part : {"clips", "checkpoints", "exports", "runs"})
        EXPECT_TRUE(fs::is_directory(project.folder() / part)) << part;
    EXPECT_TRUE(fs::is_regular_file(project.folder() / "project.sqlite"));
}

TEST(Project, ANewRunHasAFolderWithItsConfiguration) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    TrainConfig config = TrainConfig::demo();
    config.seed = 7;
    const RunId id = project.createRun(config);
    const RunRecord run = project.store().run(id).value();
    EXPECT_EQ(run.folder, "runs/0001");
    EXPECT_FALSE(run.name.empty());
    EXPECT_EQ(run.totalSteps, 120);
    const TrainConfig read = readTrainConfig(project.runFolder(run) / "config.json");
    EXPECT_EQ(read.seed, 7U);
    EXPECT_EQ(read.name, run.name);
}

TEST(Project, ANewRunNeverGoesOnFromAnotherRunsFolder) {
    TempDir dir;
    {
        Project project = Project::open(dir / "a.viva");
        static_cast<void>(project.createRun(TrainConfig::demo()));
        fs::create_directories(project.folder() / "runs/0001/checkpoints/step-000050");
    }
    fs::remove(dir / "a.viva" / ProjectStore::kFileName); // moved away, as a damaged one is
    Project project = Project::open(dir / "a.viva");
    const RunId id = project.createRun(TrainConfig::demo());
    EXPECT_EQ(project.store().run(id)->folder, "runs/0001-2");
    EXPECT_FALSE(project.setup(id, {}).resume);
}

TEST(Project, ARunThatCannotBeMadeLeavesNothing) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    TrainConfig config = TrainConfig::demo();
    config.data.manifest = Project::kOwnClips; // and it has no clips
    EXPECT_THROW(static_cast<void>(project.createRun(config)), Error);
    EXPECT_TRUE(project.store().runs().empty());
    EXPECT_TRUE(fs::is_empty(project.folder() / "runs"));
    fs::create_directories(project.folder() / "runs/.new-0001"); // its program was killed
    static_cast<void>(project.createRun(TrainConfig::demo()));
    EXPECT_FALSE(fs::exists(project.folder() / "runs/.new-0001"));
    EXPECT_TRUE(fs::exists(project.folder() / "runs/0001/config.json"));
}

TEST(Project, ARunWithoutAFolderIsRefused) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    const RunId id = project.store().createRun("half made", "{}");
    fs::create_directories(project.folder() / "checkpoints/step-000050");
    try {
        static_cast<void>(project.setup(id, {}));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
}

TEST(Project, PathsOfARunAreMadeAbsolute) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    TrainConfig config = TrainConfig::demo();
    config.model = "some/model";
    const RunSetup setup = project.setup(project.createRun(config), {});
    EXPECT_EQ(setup.config.model, fs::absolute("some/model").string());
    EXPECT_EQ(setup.config.data.manifest, "demo");
}

TEST(Project, RefusesAConfigurationThatCannotRunAndMakesNothing) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    TrainConfig config = TrainConfig::demo();
    config.numGenerations = 1;
    try {
        static_cast<void>(project.createRun(config));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::InvalidArgument);
    }
    EXPECT_TRUE(project.store().runs().empty());
    EXPECT_TRUE(fs::is_empty(project.folder() / "runs"));
}

TEST(Project, ResumesWhereThereIsACheckpointOnly) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    const RunId id = project.createRun(TrainConfig::demo());
    EXPECT_FALSE(project.setup(id, {}).resume);
    fs::create_directories(project.folder() / "runs/0001/checkpoints/step-000050.part");
    EXPECT_FALSE(project.setup(id, {}).resume) << "half-written";
    const fs::path whole = project.folder() / "runs/0001/checkpoints/step-000050";
    fs::create_directories(whole);
    EXPECT_FALSE(project.setup(id, {}).resume) << "without the trainer's state";
    writeFileAtomically(whole / kTrainerStateFile, "{}");
    EXPECT_TRUE(project.setup(id, {}).resume);
    try {
        static_cast<void>(project.setup(99, {}));
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

TEST(Project, FindsRunsThatWereInterruptedButNotThoseThatLive) {
    TempDir dir;
    Project project = Project::open(dir / "a.viva");
    withState(project, RunState::Idle);
    const RunRecord dead = withState(project, RunState::Running);
    const RunRecord living = withState(project, RunState::Evaluating);
    withState(project, RunState::Finished);
    const auto lock = RunLock::tryTake(project.runFolder(living));
    ASSERT_TRUE(lock);
    const auto interrupted = project.interruptedRuns();
    ASSERT_EQ(interrupted.size(), 1U);
    EXPECT_EQ(interrupted[0].id, dead.id);
    EXPECT_TRUE(project.isLive(living));
    EXPECT_EQ(project.resumableRun()->id, dead.id);
    const RunRecord stopped = withState(project, RunState::Stopped);
    EXPECT_EQ(project.resumableRun()->id, stopped.id);
}

TEST(RunLock, IsHeldOnceAndGoesWithItsHolder) {
    TempDir dir;
    {
        const auto first = RunLock::tryTake(dir.path());
        ASSERT_TRUE(first);
        EXPECT_FALSE(RunLock::tryTake(dir.path()));
        EXPECT_TRUE(RunLock::isHeld(dir.path()));
    }
    EXPECT_FALSE(RunLock::isHeld(dir.path()));
    EXPECT_TRUE(RunLock::tryTake(dir.path()));
}

TEST(RunLock, GoesWhenTheProcessIsKilled) {
    TempDir dir;
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = RunLock::tryTake(dir.path());
        const char told = lock ? 'y' : 'n';
        static_cast<void>(!::write(ready[1], &told, 1));
        ::pause();
        ::_exit(0);
    }
    char told = 0;
    ASSERT_EQ(::read(ready[0], &told, 1), 1);
    EXPECT_EQ(told, 'y');
    EXPECT_TRUE(RunLock::isHeld(dir.path()));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    EXPECT_FALSE(RunLock::isHeld(dir.path()));
}

TEST(ProgramFolders, AreFoundThroughTheEnvironmentFirst) {
    TempDir dir;
    fs::create_directories(dir / "configs");
    ::setenv("VIVA_RESOURCES", dir.path().c_str(), 1);
    EXPECT_EQ(findProgramFolders().resources, fs::absolute(dir.path()).lexically_normal());
    ::unsetenv("VIVA_RESOURCES");
    const ProgramFolders folders = findProgramFolders();
    EXPECT_TRUE(fs::exists(folders.resources / "configs" / "demo.json"));
    EXPECT_EQ(folders.demo, folders.resources / "demo");
}

} // namespace
} // namespace viva
