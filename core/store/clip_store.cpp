// SPDX-License-Identifier: GPL-3.0-or-later
// Adding; what is changed stands in clip_store_edits.cpp, what is asked in clip_queries.cpp.
#include "core/store/clip_store.h"

#include "core/base/error.h"
#include "core/store/clip_journal.h"
#include "core/store/clip_row_format.h"
#include "core/store/event_writer.h"
#include "core/store/project_store_impl.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

/// The tasks of `found` that `own` has not, behind those of `own`.
std::vector<UtteranceTask> united(const std::vector<UtteranceTask>& own,
                                  const std::vector<UtteranceTask>& found) {
    std::vector<UtteranceTask> out = own;
    for (const UtteranceTask& task : found)
        if (std::none_of(own.begin(), own.end(), [&](const UtteranceTask& known) {
                return known.task == task.task && known.question == task.question &&
                       known.references == task.references;
            }))
            out.push_back(task);
    return out;
}

/// What an import brings for clips that are there already.
class Extension {
public:
    /// `before` is the newest edit from before the import.
    Extension(Database& database, std::int64_t importId, std::int64_t before)
        : m_database(database), m_import(importId), m_edits(editsAfter(database, before)) {}

    /// A clip that was removed comes back.
    ClipTaken extend(ClipId id, const ClipRecord& found) {
        const ClipRecord own = readClip(m_database, id).value();
        const std::vector<UtteranceTask> tasks = united(own.utterance.tasks, found.utterance.tasks);
        std::vector<std::pair<std::string_view, std::string>> changes;
        if (tasks.size() != own.utterance.tasks.size())
            changes.emplace_back("tasks", tasksToJson(tasks));
        if (own.utterance.text.empty() && !found.utterance.text.empty())
            changes.emplace_back("text", found.utterance.text);
        if (own.removed)
            changes.emplace_back("removed", "0");
        if (changes.empty())
            return own.importId == m_import ? ClipTaken::Repeated : ClipTaken::Known;
        const bool journaled = own.importId != m_import || editedSince(id);
        for (const auto& [field, after] : changes) {
            if (journaled)
                journalOnce(m_database, edit(), id, field, clipField(own, field), after);
            setClipField(m_database, id, field, after);
        }
        indexClip(m_database, id);
        return ClipTaken::Extended;
    }

private:
    /// A clip that this import made itself is no edit of what was there, unless somebody has edited
    /// it meanwhile: undoing that edit must not take away what comes now.
    [[nodiscard]] bool editedSince(ClipId id) const {
        return std::any_of(m_edits.begin(), m_edits.end(),
                           [&](std::int64_t edit) { return changedBy(m_database, edit, id); });
    }
    std::int64_t edit() {
        if (m_edit == 0)
            m_edit = beginEdit(m_database, fmt::format("Import {}", m_import));
        return m_edit;
    }

    Database& m_database;
    const std::int64_t m_import;
    const std::vector<std::int64_t> m_edits;
    std::int64_t m_edit = 0; ///< made with the first change
};

/// Counted with every batch, so that an import that a crash ended tells what it brought.
void countTaken(Database& database, std::int64_t importId, const std::vector<ClipTaken>& taken,
                std::size_t rejected) {
    Query(database, "UPDATE clip_import SET added = added + ?, extended = extended + ?, "
                    "known = known + ?, rejected = rejected + ? WHERE id = ?")
        .bind(std::count(taken.begin(), taken.end(), ClipTaken::Added))
        .bind(std::count(taken.begin(), taken.end(), ClipTaken::Extended))
        .bind(std::count(taken.begin(), taken.end(), ClipTaken::Known))
        .bind(static_cast<std::int64_t>(rejected))
        .bind(importId)
        .run();
}

} // namespace

ClipId ClipStore::add(ClipRecord clip, const std::string& label) {
    requireWhole(clip);
    Database& database = m_store.m_impl->database;
    ClipId id = 0;
    m_store.m_impl->writing([&] {
        if (const auto known = clipBySource(database, clip.source))
            throw Error(
                ErrorCode::InvalidArgument,
                fmt::format("{} is in the project already, as clip {}", clip.source, *known));
        clip.utterance.id = freeName(database, clip.utterance.id);
        clip.removed = false;
        id = insertClip(database, clip);
        journal(database, beginEdit(database, label), id, "removed", "1", "0");
    });
    return id;
}

std::int64_t ClipStore::beginImport(const std::string& format, const std::string& path) {
    Database& database = m_store.m_impl->database;
    m_store.m_impl->writing([&] {
        Query(database, "INSERT INTO clip_import (at, format, path) VALUES (?, ?, ?)")
            .bind(timestamp())
            .bind(format)
            .bind(path)
            .run();
        m_import = database.raw().getLastInsertRowid();
        m_editBefore = newestEdit(database);
    });
    return m_import;
}

std::vector<ClipTaken> ClipStore::take(std::int64_t importId, std::span<const ClipRecord> clips,
                                       std::span<const ImportFault> faults) {
    Database& database = m_store.m_impl->database;
    std::vector<ClipTaken> out;
    m_store.m_impl->writing([&] {
        Extension extension(database, importId, importId == m_import ? m_editBefore : 0);
        for (const ClipRecord& found : clips) {
            if (const auto known = clipBySource(database, found.source)) {
                out.push_back(extension.extend(*known, found));
                continue;
            }
            ClipRecord clip = found;
            clip.importId = importId;
            clip.utterance.id = freeName(database, clip.utterance.id);
            insertClip(database, clip);
            out.push_back(ClipTaken::Added);
        }
        for (const ImportFault& fault : faults)
            Query(database,
                  "INSERT INTO clip_fault (import, place, item, reason) VALUES (?, ?, ?, ?)")
                .bind(importId)
                .bind(fault.place)
                .bind(fault.item)
                .bind(fault.reason)
                .run();
        countTaken(database, importId, out, faults.size());
    });
    return out;
}

void ClipStore::finishImport(std::int64_t importId, const ImportCounts& counts, bool stopped) {
    Database& database = m_store.m_impl->database;
    m_store.m_impl->writing([&] {
        Query(database, "UPDATE clip_import SET added = ?, extended = ?, known = ?, rejected = ?, "
                        "stopped = ? WHERE id = ?")
            .bind(counts.added)
            .bind(counts.extended)
            .bind(counts.known)
            .bind(counts.rejected)
            .bind(stopped)
            .bind(importId)
            .run();
    });
}

} // namespace viva
