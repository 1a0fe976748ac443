// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/project/project.h"

#include "core/base/atomic_file.h"
#include "core/base/checkpoint_folder.h"
#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/base/json_reader.h"
#include "core/data/manifest.h"
#include "core/store/clip_store.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <map>
#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kLockName = "lock";
constexpr const char* kHalfMade = ".new-"; ///< before the name of a run's folder until it is whole

std::string madeName(const TrainConfig& config) {
    return fmt::format("{} {:%Y-%m-%d %H:%M}", nameOf(config.objective),
                       fmt::localtime(std::time(nullptr)));
}

void makeAbsolute(std::string& path) {
    if (path != "demo" && path != Project::kOwnClips)
        path = folderPath(path).string();
}

void makeFolder(const fs::path& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot make the folder {}: {}; choose a project you may write to",
                                folder.string(), failure.message()));
}

void renameFolder(const fs::path& from, const fs::path& to) {
    std::error_code failure;
    fs::rename(from, to, failure);
    if (failure)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot make the folder {}: {}; choose a project you may write to",
                                to.string(), failure.message()));
}

/// Folders of runs that were being made when their program ended.
void removeHalfMade(const fs::path& runs) {
    std::error_code failure;
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(runs, failure))
        if (entry.path().filename().string().starts_with(kHalfMade))
            found.push_back(entry.path());
    for (const fs::path& folder : found)
        fs::remove_all(folder, failure);
}

/// A folder for a new run, relative to the project. One of the run's number may be there where the
/// database was moved away or an older one put back; its checkpoints are another run's.
std::string unusedRunFolder(const fs::path& project, RunId id) {
    std::string folder = fmt::format("runs/{:04}", id);
    std::error_code ignored;
    for (int number = 2; fs::exists(fs::symlink_status(project / folder, ignored)); ++number)
        folder = fmt::format("runs/{:04}-{}", id, number);
    return folder;
}

bool hasTask(const Utterance& clip, const std::vector<std::string>& wanted) {
    return wanted.empty() ||
           std::any_of(clip.tasks.begin(), clip.tasks.end(), [&](const auto& own) {
               return std::find(wanted.begin(), wanted.end(), own.task) != wanted.end();
           });
}

/// The project's clips for a run. @throws Error(InvalidArgument) where it could not train on them.
std::vector<Utterance> trainingClips(ProjectStore& store, const DataSpec& data) {
    std::vector<Utterance> clips = ClipStore(store).trainingClips();
    if (clips.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("no clip of {} has a split and a question with its reference; "
                                "label clips and deal splits, or choose other data",
                                store.folder().string()));
    std::map<std::string, std::size_t> counts;
    for (const Utterance& clip : clips)
        if (hasTask(clip, data.tasks))
            ++counts[clip.split];
    if (counts[data.trainSplit] > 0)
        return clips;
    std::string others;
    for (const auto& [split, count] : counts)
        if (count > 0)
            others += fmt::format("{}{} ({})", others.empty() ? "" : ", ", split, count);
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("no clip of {} is in split \"{}\"{}; {}", store.folder().string(),
                            data.trainSplit,
                            data.tasks.empty() ? "" : " with one of the chosen tasks",
                            others.empty() ? "choose other tasks"
                                           : "clips are in " + others + ": choose another split"));
}

} // namespace

std::optional<RunLock> RunLock::tryTake(const fs::path& runFolder) {
    const fs::path file = runFolder / kLockName;
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (descriptor < 0)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot write {}: {}; choose a project you may write to",
                                file.string(), std::strerror(errno)));
    if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        ::close(descriptor);
        return std::nullopt;
    }
    // Who it is, for people; the lock itself is what counts.
    const std::string pid = fmt::format("{}\n", ::getpid());
    if (::ftruncate(descriptor, 0) == 0)
        static_cast<void>(!::write(descriptor, pid.data(), pid.size()));
    return RunLock(descriptor);
}

bool RunLock::isHeld(const fs::path& runFolder) {
    const int descriptor = ::open((runFolder / kLockName).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return false;
    const bool held = ::flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    ::close(descriptor);
    return held;
}

RunLock::~RunLock() {
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

RunLock::RunLock(RunLock&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

Project::Project(fs::path folder, std::unique_ptr<ProjectStore> store)
    : m_folder(std::move(folder)), m_store(std::move(store)) {}

Project Project::open(const fs::path& folder) {
    const fs::path place = folderPath(folder);
    auto store = ProjectStore::open(place);
    for (const char* part : {"clips", "checkpoints", "exports", "runs"})
        makeFolder(place / part);
    return {place, std::move(store)};
}

RunId Project::createRun(const TrainConfig& wish) {
    requireValid(wish);
    TrainConfig config = wish;
    if (config.name.empty())
        config.name = madeName(config);
    makeAbsolute(config.model);
    makeAbsolute(config.data.manifest);
    const std::string text = toJson(config).dump(2);
    fs::path made;
    try {
        return m_store->createRun(config.name, text, [&](RunRecord& run) {
            removeHalfMade(m_folder / "runs"); // nobody else makes one now
            run.folder = unusedRunFolder(m_folder, run.id);
            run.totalSteps = config.maxSteps;
            const fs::path place = runFolder(run);
            made = place.parent_path() / (kHalfMade + place.filename().string());
            makeFolder(made);
            writeFileAtomically(made / "config.json", text + "\n");
            if (config.data.manifest == kOwnClips)
                writeManifest(made / kManifest, trainingClips(*m_store, config.data),
                              AudioPaths::Anywhere);
            renameFolder(made, place);
            made = place;
        });
    } catch (...) {
        std::error_code ignored;
        if (!made.empty())
            fs::remove_all(made, ignored);
        throw;
    }
}

RunSetup Project::setup(RunId id, const ProgramFolders& folders) {
    const std::optional<RunRecord> run = m_store->run(id);
    if (!run)
        throw Error(ErrorCode::NotFound, fmt::format("{} has no run {}", m_folder.string(), id));
    if (run->folder.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("run {} of {} has no folder, as it was ended while it was being "
                                "made; start a new run",
                                id, m_folder.string()));
    RunSetup setup;
    const std::string origin = fmt::format("configuration of run {}", id);
    setup.config = trainConfigFromJson(parseJson(run->configJson, origin), origin);
    setup.runFolder = runFolder(*run);
    setup.projectFolder = m_folder;
    setup.demoFolder = folders.demo;
    setup.cacheFolder = folders.cache;
    setup.resume = newestCheckpoint(setup.runFolder).has_value();
    makeFolder(setup.runFolder);
    return setup;
}

fs::path Project::runFolder(const RunRecord& run) const {
    return m_folder / run.folder;
}

bool Project::isLive(const RunRecord& run) const {
    return RunLock::isHeld(runFolder(run));
}

std::vector<RunRecord> Project::interruptedRuns() {
    std::vector<RunRecord> out;
    for (RunRecord& run : m_store->runs())
        if (run.state != RunState::Idle && !isFinal(run.state) && !isLive(run))
            out.push_back(std::move(run));
    return out;
}

std::optional<RunRecord> Project::resumableRun() {
    for (RunRecord& run : m_store->runs())
        if (run.resumable() && !isLive(run))
            return std::move(run);
    return std::nullopt;
}

} // namespace viva
