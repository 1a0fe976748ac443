// SPDX-License-Identifier: GPL-3.0-or-later
// Adding and editing; what is asked stands in clip_queries.cpp.
#include "core/store/clip_store.h"

#include "core/base/error.h"
#include "core/data/manifest.h"
#include "core/store/clip_row_format.h"
#include "core/store/event_writer.h"
#include "core/store/project_store_impl.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {

/// One field of one clip.
struct ClipStore::Change {
    ClipId clip = 0;
    std::string field;
    std::string before;
    std::string after;
};

namespace {

std::int64_t beginEdit(Database& database, const std::string& label) {
    Query(database, "DELETE FROM clip_edit WHERE undone = 1").run();
    Query(database, "INSERT INTO clip_edit (at, label) VALUES (?, ?)")
        .bind(timestamp())
        .bind(label)
        .run();
    return database.raw().getLastInsertRowid();
}

void journal(Database& database, std::int64_t edit, ClipId clip, std::string_view field,
             const std::string& before, const std::string& after) {
    Query(database, "INSERT INTO clip_change (edit, clip, field, before, after) VALUES (?, ?, ?, "
                    "?, ?)")
        .bind(edit)
        .bind(clip)
        .bind(field)
        .bind(before)
        .bind(after)
        .run();
}

bool isSearched(std::string_view field) {
    return field != "split" && field != "language" && field != "licence" && field != "removed" &&
           field != "audio" && !followsSound(field);
}

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

void requireSound(const ClipRecord& clip) {
    if (clip.utterance.id.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("clip {} has no name; give it one", clip.id));
    for (const UtteranceTask& task : clip.utterance.tasks)
        if (const std::string fault = faultOf(task); !fault.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("the clip \"{}\" {}", clip.utterance.id, fault));
}

/// What an import brings for a clip that is there. A clip that was removed comes back.
ClipTaken extendClip(Database& database, std::int64_t importId, std::int64_t& edit, ClipId id,
                     const ClipRecord& found) {
    const ClipRecord own = readClip(database, id).value();
    const std::vector<UtteranceTask> tasks = united(own.utterance.tasks, found.utterance.tasks);
    std::vector<std::pair<std::string_view, std::string>> changes;
    if (tasks.size() != own.utterance.tasks.size())
        changes.emplace_back("tasks", tasksToJson(tasks));
    if (own.utterance.text.empty() && !found.utterance.text.empty())
        changes.emplace_back("text", found.utterance.text);
    if (own.removed)
        changes.emplace_back("removed", "0");
    if (changes.empty())
        return own.importId == importId ? ClipTaken::Repeated : ClipTaken::Known;
    // A clip that this import made itself is no edit of what was there.
    const bool ownWork = own.importId == importId;
    if (!ownWork && edit == 0)
        edit = beginEdit(database, fmt::format("Import {}", importId));
    for (const auto& [field, after] : changes) {
        if (!ownWork)
            Query(database, "INSERT OR IGNORE INTO clip_change (edit, clip, field, before, after) "
                            "VALUES (?, ?, ?, ?, ?)")
                .bind(edit)
                .bind(id)
                .bind(field)
                .bind(clipField(own, field))
                .bind(after)
                .run();
        setClipField(database, id, field, after);
    }
    indexClip(database, id);
    return ClipTaken::Extended;
}

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
    requireSound(clip);
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
    std::int64_t id = 0;
    Database& database = m_store.m_impl->database;
    m_store.m_impl->writing([&] {
        Query(database, "INSERT INTO clip_import (at, format, path) VALUES (?, ?, ?)")
            .bind(timestamp())
            .bind(format)
            .bind(path)
            .run();
        id = database.raw().getLastInsertRowid();
    });
    return id;
}

std::vector<ClipTaken> ClipStore::take(std::int64_t importId, std::span<const ClipRecord> clips,
                                       std::span<const ImportFault> faults) {
    Database& database = m_store.m_impl->database;
    std::vector<ClipTaken> out;
    m_store.m_impl->writing([&] {
        std::int64_t edit = 0;
        for (const ClipRecord& found : clips) {
            if (const auto known = clipBySource(database, found.source)) {
                out.push_back(extendClip(database, importId, edit, *known, found));
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

std::size_t ClipStore::apply(const std::string& label, const std::vector<Change>& changes) {
    if (changes.empty())
        return 0;
    Database& database = m_store.m_impl->database;
    std::size_t clips = 0;
    m_store.m_impl->writing([&] {
        const std::int64_t edit = beginEdit(database, label);
        ClipId last = 0;
        bool words = false;
        const auto finish = [&] {
            if (last != 0 && words)
                indexClip(database, last);
        };
        for (const Change& change : changes) {
            if (change.clip != last) {
                finish();
                last = change.clip;
                words = false;
                ++clips;
            }
            if (change.field == "name" && clipByName(database, change.after))
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("another clip is called \"{}\"; choose another name",
                                        change.after));
            journal(database, edit, change.clip, change.field, change.before, change.after);
            setClipField(database, change.clip, change.field, change.after);
            words = words || isSearched(change.field);
        }
        finish();
    });
    return clips;
}

std::size_t ClipStore::edit(const std::string& label, std::span<const ClipRecord> clips) {
    std::vector<Change> changes;
    for (const ClipRecord& wanted : clips) {
        const std::optional<ClipRecord> own = clip(wanted.id);
        if (!own)
            throw Error(ErrorCode::NotFound,
                        fmt::format("the project has no clip {}; it may have been removed by "
                                    "another program",
                                    wanted.id));
        requireSound(wanted);
        const bool newSound = own->utterance.audioPath != wanted.utterance.audioPath;
        for (const std::string_view field : kClipFields) {
            if (followsSound(field) && !newSound)
                continue;
            std::string before = clipField(*own, field);
            std::string after = clipField(wanted, field);
            if (before != after)
                changes.push_back(
                    {wanted.id, std::string(field), std::move(before), std::move(after)});
        }
    }
    return apply(label, changes);
}

std::size_t ClipStore::setSplits(const std::string& label,
                                 std::span<const std::pair<ClipId, std::string>> splits) {
    Database& database = m_store.m_impl->database;
    std::vector<Change> changes;
    m_store.m_impl->reading([&] {
        for (const auto& [id, split] : splits) {
            Query query(database, "SELECT split FROM clip WHERE id = ?");
            query.bind(id);
            if (query.next() && query.text(0) != split)
                changes.push_back({id, "split", query.text(0), split});
        }
    });
    return apply(label, changes);
}

std::size_t ClipStore::remove(const std::string& label, std::span<const ClipId> clips) {
    Database& database = m_store.m_impl->database;
    std::vector<Change> changes;
    m_store.m_impl->reading([&] {
        for (const ClipId id : clips) {
            Query query(database, "SELECT removed FROM clip WHERE id = ?");
            query.bind(id);
            if (query.next() && !query.boolean(0))
                changes.push_back({id, "removed", "0", "1"});
        }
    });
    return apply(label, changes);
}

std::optional<std::string> ClipStore::step(bool backwards) {
    Database& database = m_store.m_impl->database;
    std::optional<std::string> label;
    m_store.m_impl->writing([&] {
        std::int64_t edit = 0;
        {
            Query query(database, backwards ? "SELECT id, label FROM clip_edit WHERE undone = 0 "
                                              "ORDER BY id DESC LIMIT 1"
                                            : "SELECT id, label FROM clip_edit WHERE undone = 1 "
                                              "ORDER BY id LIMIT 1");
            if (!query.next())
                return;
            edit = query.integer(0);
            label = query.text(1);
        }
        std::vector<Change> changes;
        {
            Query query(database,
                        "SELECT clip, field, before, after FROM clip_change WHERE edit = ?");
            query.bind(edit);
            while (query.next())
                changes.push_back({query.integer(0), query.text(1), query.text(2), query.text(3)});
        }
        for (const Change& change : changes) {
            setClipField(database, change.clip, change.field,
                         backwards ? change.before : change.after);
            if (isSearched(change.field))
                indexClip(database, change.clip);
        }
        Query(database, "UPDATE clip_edit SET undone = ? WHERE id = ?")
            .bind(backwards)
            .bind(edit)
            .run();
    });
    return label;
}

std::optional<std::string> ClipStore::undo() {
    return step(true);
}

std::optional<std::string> ClipStore::redo() {
    return step(false);
}

void ClipStore::setAudioFacts(ClipId id, const std::string& sha256, double durationSec, int rateHz,
                              int channels) {
    Database& database = m_store.m_impl->database;
    m_store.m_impl->writing([&] {
        Query(database, "UPDATE clip SET sha256 = ?, duration_sec = ?, rate_hz = ?, channels = ? "
                        "WHERE id = ?")
            .bind(sha256)
            .bind(durationSec)
            .bind(rateHz)
            .bind(channels)
            .bind(id)
            .run();
    });
}

} // namespace viva
