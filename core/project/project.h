// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/program_folders.h"
#include "core/project/run_setup.h"
#include "core/store/project_store.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace viva {

/// Says that a process works on a run. Held as long as the object lives; the system lets it go when
/// the process ends, however it ends.
class RunLock {
public:
    /// nullopt when another process (or another part of this one) holds it.
    /// @throws Error(Io) when the run folder cannot be written.
    [[nodiscard]] static std::optional<RunLock> tryTake(const std::filesystem::path& runFolder);
    /// Whether somebody holds it; never takes it.
    [[nodiscard]] static bool isHeld(const std::filesystem::path& runFolder);
    ~RunLock();
    RunLock(RunLock&& other) noexcept;
    RunLock& operator=(RunLock&& other) noexcept;

private:
    explicit RunLock(int descriptor) : m_descriptor(descriptor) {}
    int m_descriptor = -1;
};

/// A project folder NAME.viva: project.sqlite, clips/, checkpoints/, exports/ and runs/.
///
/// Its store is one connection and belongs to the thread that opened it.
class Project {
public:
    /// As data.manifest: the project's own clips, as they are when the run is made.
    static constexpr const char* kOwnClips = "project";
    /// What such a run was made of, in its folder.
    static constexpr const char* kManifest = "manifest.jsonl";

    /// Opens or makes it. @throws Error as ProjectStore::open.
    [[nodiscard]] static Project open(const std::filesystem::path& folder);

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }
    [[nodiscard]] ProjectStore& store() { return *m_store; }

    /// Makes the record and the folder of a run and writes its config.json, all or nothing; the
    /// folder is one that no run had. Paths in the configuration are made absolute, so that the run
    /// can be resumed from anywhere. A run on the project's own clips gets a manifest of them:
    /// later edits do not change it.
    /// @throws Error(InvalidArgument) when the configuration cannot run or no clip fits it.
    [[nodiscard]] RunId createRun(const TrainConfig& config);
    /// What the engine needs; `resume` is set where the run has a checkpoint to go on from.
    /// @throws Error(NotFound) when there is no such run, Error(InvalidArgument) for one that was
    /// ended while it was being made.
    [[nodiscard]] RunSetup setup(RunId id, const ProgramFolders& folders);
    [[nodiscard]] std::filesystem::path runFolder(const RunRecord& run) const;
    /// Whether a process works on the run now.
    [[nodiscard]] bool isLive(const RunRecord& run) const;
    /// Runs that ended without saying so (killed, power cut), newest first.
    [[nodiscard]] std::vector<RunRecord> interruptedRuns();
    /// The newest run that can be gone on with and that nobody works on.
    [[nodiscard]] std::optional<RunRecord> resumableRun();

private:
    Project(std::filesystem::path folder, std::unique_ptr<ProjectStore> store);

    std::filesystem::path m_folder;
    std::unique_ptr<ProjectStore> m_store;
};

} // namespace viva
