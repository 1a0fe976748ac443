// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/clip_journal.h"

#include "core/base/error.h"
#include "core/data/manifest.h"
#include "core/store/clip_row_format.h"
#include "core/store/database.h"
#include "core/store/event_writer.h"

#include <fmt/format.h>

namespace viva {

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

void journalOnce(Database& database, std::int64_t edit, ClipId clip, std::string_view field,
                 const std::string& before, const std::string& after) {
    Query(database, "INSERT INTO clip_change (edit, clip, field, before, after) VALUES (?, ?, ?, "
                    "?, ?) ON CONFLICT (edit, clip, field) DO UPDATE SET after = excluded.after")
        .bind(edit)
        .bind(clip)
        .bind(field)
        .bind(before)
        .bind(after)
        .run();
}

std::int64_t newestEdit(Database& database) {
    Query query(database, "SELECT max(id) FROM clip_edit");
    return query.next() ? query.integer(0) : 0;
}

std::vector<std::int64_t> editsAfter(Database& database, std::int64_t edit) {
    std::vector<std::int64_t> out;
    Query query(database, "SELECT id FROM clip_edit WHERE id > ?");
    query.bind(edit);
    while (query.next())
        out.push_back(query.integer(0));
    return out;
}

bool changedBy(Database& database, std::int64_t edit, ClipId clip) {
    Query query(database, "SELECT 1 FROM clip_change WHERE edit = ? AND clip = ? LIMIT 1");
    query.bind(edit).bind(clip);
    return query.next();
}

bool isSearched(std::string_view field) {
    return field != "split" && field != "language" && field != "licence" && field != "removed" &&
           field != "audio" && !followsAudio(field);
}

void requireWhole(const ClipRecord& clip) {
    if (clip.utterance.id.empty())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("clip {} has no name; give it one", clip.id));
    for (const UtteranceTask& task : clip.utterance.tasks)
        if (const std::string fault = faultOf(task); !fault.empty())
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("the clip \"{}\" {}", clip.utterance.id, fault));
}

} // namespace viva
