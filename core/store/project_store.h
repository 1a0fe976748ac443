// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/records.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <span>

namespace viva {

/// One connection to a project's SQLite file (NAME.viva/project.sqlite, WAL, busy timeout). Not
/// thread-safe: every thread opens its own. One thread at a time should write.
class ProjectStore {
public:
    static constexpr const char* kFileName = "project.sqlite";

    /// Opens or makes the project folder and brings the schema up to date.
    /// @throws Error(Database | Io) for a project from a newer version, a damaged file, a read-only
    /// or missing place, each with the cure; what was there is untouched.
    static std::unique_ptr<ProjectStore> open(const std::filesystem::path& projectFolder);
    /// Reading only; works beside a writer, also in a read-only folder.
    /// @throws Error(NotFound) where there is no project, else as open().
    static std::unique_ptr<ProjectStore> openReadOnly(const std::filesystem::path& projectFolder);
    /// Whether a project lies in the folder; opens nothing.
    [[nodiscard]] static bool isIn(const std::filesystem::path& projectFolder);
    ~ProjectStore();

    /// What SQLite's integrity check finds; empty = nothing. Reads the whole file.
    [[nodiscard]] std::string fault() const;

    [[nodiscard]] const std::filesystem::path& folder() const;

    // Runs
    /// Makes a run in one transaction. `furnish` may make what belongs to it (its folder) and fill
    /// in the rest of its record; when it throws, there is no run.
    [[nodiscard]] RunId createRun(const std::string& name, const std::string& configJson,
                                  const std::function<void(RunRecord&)>& furnish = {});
    void updateRun(const RunRecord& run);              ///< everything but id and createdAt
    [[nodiscard]] std::vector<RunRecord> runs() const; ///< newest first
    [[nodiscard]] std::optional<RunRecord> run(RunId id) const;
    void deleteRun(RunId id); ///< rows only; files are the caller's

    // Writing a run (RunRecorder); each call is one transaction
    void appendEvents(RunId id, std::span<const TrainingEvent> events);
    /// Forgets steps after `step`: what an interrupted run did beyond its last checkpoint.
    void truncateAfter(RunId id, std::int64_t step);

    // Curves
    [[nodiscard]] std::vector<std::string> metricNames(RunId id) const;
    [[nodiscard]] std::vector<MetricPoint> series(RunId id, const std::string& metric,
                                                  std::int64_t afterStep = 0) const;
    [[nodiscard]] std::vector<EvaluationEvent> evaluations(RunId id) const;
    [[nodiscard]] std::vector<CheckpointRecord> checkpoints(RunId id) const;
    [[nodiscard]] std::vector<NoteEvent> notes(RunId id) const;
    [[nodiscard]] std::vector<StateChange> stateChanges(RunId id) const; ///< oldest first

    // Groups
    [[nodiscard]] std::int64_t lastGroupStep(RunId id) const; ///< 0 when there are none
    [[nodiscard]] std::vector<GroupSummary> groupsOfStep(RunId id, std::int64_t step) const;
    /// The same example through time, oldest first.
    [[nodiscard]] std::vector<GroupSummary> groupsOfExample(RunId id,
                                                            const std::string& exampleId) const;
    [[nodiscard]] std::optional<Group> group(std::int64_t groupId) const;

private:
    friend class ClipStore; // the same file, through the same connection
    ProjectStore();
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

} // namespace viva
