// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/project_store.h"

#include "core/base/error.h"
#include "core/base/folder_path.h"
#include "core/store/event_writer.h"
#include "core/store/migrator.h"
#include "core/store/project_store_impl.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRunColumns =
    "id, name, state, created_at, finished_at, config, device, dtype, folder, steps_done, "
    "total_steps, train_sec, trainable_parameters, total_parameters, examples, error, notes";

/// Files up to this size are checked page by page when they are opened (a few milliseconds).
constexpr std::uintmax_t kQuickCheckBytes = 4U << 20U;

RunRecord readRun(Query& query) {
    RunRecord run;
    run.id = query.integer(0);
    run.name = query.text(1);
    run.state = runStateFromString(query.text(2)).value_or(RunState::Failed);
    run.createdAt = query.text(3);
    run.finishedAt = query.text(4);
    run.configJson = query.text(5);
    run.device = query.text(6);
    run.dtype = query.text(7);
    run.folder = query.text(8);
    run.stepsDone = query.integer(9);
    run.totalSteps = query.integer(10);
    run.trainSec = query.real(11);
    run.trainableParameters = query.integer(12);
    run.totalParameters = query.integer(13);
    run.examples = query.integer(14);
    run.error = query.text(15);
    run.notes = query.text(16);
    return run;
}

std::optional<RunRecord> findRun(Database& database, RunId id) {
    Query query(database, fmt::format("SELECT {} FROM run WHERE id = ?", kRunColumns));
    query.bind(id);
    return query.next() ? std::optional(readRun(query)) : std::nullopt;
}

void writeRun(Database& database, const RunRecord& run) {
    Query update(database,
                 "UPDATE run SET name = ?, state = ?, finished_at = ?, config = ?, device = ?, "
                 "dtype = ?, folder = ?, steps_done = ?, total_steps = ?, train_sec = ?, "
                 "trainable_parameters = ?, total_parameters = ?, examples = ?, error = ?, "
                 "notes = ? WHERE id = ?");
    update.bind(run.name).bind(toString(run.state)).bind(run.finishedAt).bind(run.configJson);
    update.bind(run.device).bind(run.dtype).bind(run.folder).bind(run.stepsDone);
    update.bind(run.totalSteps).bind(run.trainSec).bind(run.trainableParameters);
    update.bind(run.totalParameters).bind(run.examples).bind(run.error).bind(run.notes);
    if (update.bind(run.id).run() == 0)
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} has no run {}", database.file().string(), run.id));
}

void requireFolder(const fs::path& folder) {
    std::error_code failure;
    const fs::file_status status = fs::status(folder, failure);
    if (fs::is_directory(status))
        return;
    if (fs::exists(status))
        throw Error(ErrorCode::Io,
                    fmt::format("{} is a file where the project's folder is expected; choose "
                                "another name",
                                folder.string()));
    const fs::path parent = fs::absolute(folder).parent_path();
    if (!fs::is_directory(parent, failure))
        throw Error(ErrorCode::Io, fmt::format("cannot make the project {}: the folder {} does not "
                                               "exist; make it or choose another place",
                                               folder.string(), parent.string()));
    failure.clear();
    fs::create_directory(folder, failure);
    if (failure)
        throw Error(ErrorCode::Io,
                    fmt::format("cannot make the project {}: {}; choose a folder you may write to",
                                folder.string(), failure.message()));
}

[[noreturn]] void failDamaged(const fs::path& file, std::string_view how) {
    throw Error(ErrorCode::Database,
                fmt::format("{} is damaged ({}); put back a copy of it, or rescue what can be read "
                            "with: sqlite3 project.sqlite .recover",
                            file.string(), how));
}

/// Compares the file's length with the pages that it should have, which SQLite does only to the
/// page. With a log beside it the end may still lie there, and SQLite itself puts it together.
void requireWholeLength(Database& database) {
    // Within one reading transaction, so that no other program moves pages from log to file.
    const SQLite::Transaction moment(database.raw());
    const auto pages = static_cast<std::uintmax_t>(database.pragma("page_count"));
    const auto pageBytes = static_cast<std::uintmax_t>(database.pragma("page_size"));
    std::error_code failure;
    const std::uintmax_t logSize = fs::file_size(database.file().string() + "-wal", failure);
    if (!failure && logSize > 0)
        return;
    const std::uintmax_t size = fs::file_size(database.file(), failure);
    if (!failure && size < pages * pageBytes)
        failDamaged(database.file(),
                    fmt::format("it has {} bytes and should have {}", size, pages * pageBytes));
}

/// Small files are checked page by page, before anything is written to them.
void requireWholePages(Database& database) {
    std::error_code failure;
    const std::uintmax_t size = fs::file_size(database.file(), failure);
    if (failure || size == 0 || size > kQuickCheckBytes)
        return;
    SQLite::Statement check(database.raw(), "PRAGMA quick_check(1)");
    if (check.executeStep() && check.getColumn(0).getString() != "ok")
        failDamaged(database.file(), check.getColumn(0).getString());
}

} // namespace

std::string timestamp() {
    const auto now = std::chrono::system_clock::now();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
    return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(now)), ms.count() % 1000);
}

bool RunRecord::resumable() const {
    return state != RunState::Finished && state != RunState::Idle;
}

ProjectStore::ProjectStore() = default;
ProjectStore::~ProjectStore() = default;

std::unique_ptr<ProjectStore> ProjectStore::open(const fs::path& given) {
    const fs::path projectFolder = folderPath(given);
    requireFolder(projectFolder);
    const fs::path file = projectFolder / kFileName;
    return guarded(file, "open", [&] {
        std::unique_ptr<ProjectStore> store(new ProjectStore);
        store->m_impl = std::make_unique<Impl>(projectFolder, Database::Mode::Create);
        Database& database = store->m_impl->database;
        requireOurs(database, builtInMigrations());
        requireWholeLength(database);
        requireWholePages(database);
        // A reader elsewhere may hold the file for a moment; the mode stays in the file.
        database.raw().exec("PRAGMA journal_mode = WAL");
        database.raw().exec("PRAGMA synchronous = NORMAL");
        migrate(database, builtInMigrations());
        return store;
    });
}

std::unique_ptr<ProjectStore> ProjectStore::openReadOnly(const fs::path& given) {
    const fs::path projectFolder = folderPath(given);
    const fs::path file = projectFolder / kFileName;
    if (!isIn(projectFolder))
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} is not a project: it has no {}; choose a folder NAME.viva",
                                projectFolder.string(), kFileName));
    return guarded(file, "open", [&] {
        std::unique_ptr<ProjectStore> store(new ProjectStore);
        store->m_impl = std::make_unique<Impl>(projectFolder, Database::Mode::ReadOnly);
        requireCurrent(store->m_impl->database, builtInMigrations());
        requireWholeLength(store->m_impl->database);
        requireWholePages(store->m_impl->database);
        return store;
    });
}

bool ProjectStore::isIn(const fs::path& projectFolder) {
    std::error_code failure;
    return fs::exists(folderPath(projectFolder) / kFileName, failure);
}

std::string ProjectStore::fault() const {
    return m_impl->reading([&] {
        SQLite::Statement check(m_impl->database.raw(), "PRAGMA integrity_check(1)");
        const std::string found = check.executeStep() ? check.getColumn(0).getString() : "";
        return found == "ok" ? std::string() : found;
    });
}

const fs::path& ProjectStore::folder() const {
    return m_impl->folder;
}

RunId ProjectStore::createRun(const std::string& name, const std::string& configJson,
                              const std::function<void(RunRecord&)>& furnish) {
    Database& database = m_impl->database;
    return m_impl->writing([&] {
        Query insert(database, "INSERT INTO run (name, created_at, config) VALUES (?, ?, ?)");
        insert.bind(name).bind(timestamp()).bind(configJson).run();
        const RunId id = database.raw().getLastInsertRowid();
        if (furnish) {
            RunRecord run = findRun(database, id).value();
            furnish(run);
            writeRun(database, run);
        }
        return id;
    });
}

void ProjectStore::updateRun(const RunRecord& run) {
    m_impl->writing([&] { writeRun(m_impl->database, run); });
}

std::vector<RunRecord> ProjectStore::runs() const {
    return m_impl->reading([&] {
        std::vector<RunRecord> out;
        Query query(m_impl->database,
                    fmt::format("SELECT {} FROM run ORDER BY id DESC", kRunColumns));
        while (query.next())
            out.push_back(readRun(query));
        return out;
    });
}

std::optional<RunRecord> ProjectStore::run(RunId id) const {
    return m_impl->reading([&] { return findRun(m_impl->database, id); });
}

void ProjectStore::deleteRun(RunId id) {
    m_impl->writing(
        [&] { Query(m_impl->database, "DELETE FROM run WHERE id = ?").bind(id).run(); });
}

void ProjectStore::appendEvents(RunId id, std::span<const TrainingEvent> events) {
    m_impl->writing([&] {
        for (const TrainingEvent& event : events)
            appendEvent(m_impl->database, id, event);
    });
}

void ProjectStore::truncateAfter(RunId id, std::int64_t step) {
    m_impl->writing([&] { truncateRun(m_impl->database, id, step); });
}

} // namespace viva
