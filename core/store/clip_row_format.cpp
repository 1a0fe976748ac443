// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/clip_row_format.h"

#include "core/base/error.h"
#include "core/store/database.h"
#include "core/store/event_writer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kColumns =
    "id, name, audio, source, text, voice, speaker, language, seed, split, duration_sec, rate_hz, "
    "channels, sha256, licence, copy_of, provenance, notes, coalesce(import, 0), removed, "
    "created_at";

/// Lists go into the database as UTF-8; what is not is replaced, so that a row can always be read.
std::string dump(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::vector<std::string> listOf(const std::string& text) {
    const Json value = Json::parse(text, nullptr, false);
    std::vector<std::string> out;
    if (value.is_array())
        for (const Json& entry : value)
            if (entry.is_string())
                out.push_back(entry.get<std::string>());
    return out;
}

std::vector<UtteranceTask> tasksOf(const std::string& text) {
    const Json value = Json::parse(text, nullptr, false);
    std::vector<UtteranceTask> out;
    if (!value.is_array())
        throw Error(ErrorCode::Database, "the journal of edits is damaged; put back a copy of the "
                                         "project, or go on without undo");
    for (const Json& entry : value) {
        UtteranceTask task;
        task.task = entry.value("task", "");
        task.question = entry.value("question", "");
        task.references = entry.value("references", std::vector<std::string>{});
        task.style = entry.value("style", "");
        task.baseTargets = entry.value("baseTargets", std::vector<std::string>{});
        task.variants = entry.value("variants", std::vector<std::string>{});
        out.push_back(std::move(task));
    }
    return out;
}

void insertTasks(Database& database, ClipId id, const std::vector<UtteranceTask>& tasks) {
    int position = 0;
    for (const UtteranceTask& task : tasks) {
        Query insert(database,
                     "INSERT INTO clip_task (clip, position, task, question, refs, style, "
                     "base_targets, variants) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
        insert.bind(id).bind(position++).bind(task.task).bind(task.question);
        insert.bind(dump(task.references)).bind(task.style).bind(dump(task.baseTargets));
        insert.bind(dump(task.variants)).run();
    }
}

void insertTags(Database& database, ClipId id, const std::vector<std::string>& tags) {
    for (const std::string& tag : tags)
        Query(database, "INSERT OR IGNORE INTO clip_tag (clip, tag) VALUES (?, ?)")
            .bind(id)
            .bind(tag)
            .run();
}

std::string searchText(const ClipRecord& clip) {
    const Utterance& utterance = clip.utterance;
    std::string body = utterance.id;
    const auto add = [&](const std::string& text) {
        if (!text.empty())
            body += "\n" + text;
    };
    add(utterance.text);
    add(utterance.speaker);
    add(utterance.voice);
    add(clip.notes);
    for (const std::string& tag : utterance.tags)
        add(tag);
    for (const UtteranceTask& task : utterance.tasks) {
        add(task.question);
        for (const std::string& reference : task.references)
            add(reference);
    }
    return body;
}

std::optional<ClipId> idWhere(Database& database, std::string_view sql, std::string_view value) {
    Query query(database, sql);
    query.bind(value);
    return query.next() ? std::optional(query.integer(0)) : std::nullopt;
}

} // namespace

std::optional<ClipRecord> readClip(Database& database, ClipId id) {
    ClipRecord clip;
    Utterance& utterance = clip.utterance;
    {
        static const std::string kSql = fmt::format("SELECT {} FROM clip WHERE id = ?", kColumns);
        Query query(database, kSql);
        query.bind(id);
        if (!query.next())
            return std::nullopt;
        clip.id = query.integer(0);
        utterance.id = query.text(1);
        utterance.audioPath = query.text(2);
        clip.source = query.text(3);
        utterance.text = query.text(4);
        utterance.voice = query.text(5);
        utterance.speaker = query.text(6);
        utterance.language = query.text(7);
        utterance.seed = static_cast<std::uint64_t>(query.integer(8));
        utterance.split = query.text(9);
        utterance.durationSec = query.real(10);
        clip.rateHz = static_cast<int>(query.integer(11));
        clip.channels = static_cast<int>(query.integer(12));
        utterance.sha256 = query.text(13);
        utterance.licence = query.text(14);
        utterance.copyOf = query.text(15);
        clip.provenance = query.text(16);
        clip.notes = query.text(17);
        clip.importId = query.integer(18);
        clip.removed = query.boolean(19);
        clip.createdAt = query.text(20);
    }
    Query tasks(database, "SELECT task, question, refs, style, base_targets, variants FROM "
                          "clip_task WHERE clip = ? ORDER BY position");
    tasks.bind(id);
    while (tasks.next())
        utterance.tasks.push_back({tasks.text(0), tasks.text(1), listOf(tasks.text(2)),
                                   tasks.text(3), listOf(tasks.text(4)), listOf(tasks.text(5))});
    Query tags(database, "SELECT tag FROM clip_tag WHERE clip = ? ORDER BY tag");
    tags.bind(id);
    while (tags.next())
        utterance.tags.push_back(tags.text(0));
    return clip;
}

ClipId insertClip(Database& database, const ClipRecord& clip) {
    const Utterance& utterance = clip.utterance;
    {
        Query insert(database,
                     "INSERT INTO clip (name, audio, source, text, voice, speaker, language, seed, "
                     "split, duration_sec, rate_hz, channels, sha256, licence, copy_of, "
                     "provenance, notes, import, removed, created_at) VALUES (?, ?, ?, ?, ?, ?, "
                     "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?)");
        insert.bind(utterance.id).bind(utterance.audioPath).bind(clip.source).bind(utterance.text);
        insert.bind(utterance.voice).bind(utterance.speaker).bind(utterance.language);
        insert.bind(static_cast<std::int64_t>(utterance.seed)).bind(utterance.split);
        insert.bind(utterance.durationSec).bind(clip.rateHz).bind(clip.channels);
        insert.bind(utterance.sha256).bind(utterance.licence).bind(utterance.copyOf);
        insert.bind(clip.provenance).bind(clip.notes).bind(clip.importId).bind(clip.removed);
        insert.bind(clip.createdAt.empty() ? timestamp() : clip.createdAt).run();
    }
    const ClipId id = database.raw().getLastInsertRowid();
    insertTasks(database, id, utterance.tasks);
    insertTags(database, id, utterance.tags);
    Query(database, "INSERT INTO clip_words (rowid, body) VALUES (?, ?)")
        .bind(id)
        .bind(searchText(clip))
        .run();
    return id;
}

std::optional<ClipId> clipBySource(Database& database, std::string_view source) {
    return idWhere(database, "SELECT id FROM clip WHERE source = ?", source);
}

std::optional<ClipId> clipByName(Database& database, std::string_view name) {
    return idWhere(database, "SELECT id FROM clip WHERE name = ?", name);
}

std::string freeName(Database& database, const std::string& name) {
    if (!clipByName(database, name))
        return name;
    // Doubling finds a free number in few steps where thousands of clips share a name.
    int high = 2;
    while (clipByName(database, fmt::format("{}-{}", name, high)))
        high *= 2;
    int low = high / 2;
    while (low + 1 < high) {
        const int middle = low + (high - low) / 2;
        (clipByName(database, fmt::format("{}-{}", name, middle)) ? low : high) = middle;
    }
    return fmt::format("{}-{}", name, high);
}

std::string tasksToJson(const std::vector<UtteranceTask>& tasks) {
    Json list = Json::array();
    for (const UtteranceTask& task : tasks)
        list.push_back({{"task", task.task},
                        {"question", task.question},
                        {"references", task.references},
                        {"style", task.style},
                        {"baseTargets", task.baseTargets},
                        {"variants", task.variants}});
    return dump(list);
}

bool followsAudio(std::string_view field) {
    return field == "duration_sec" || field == "rate_hz" || field == "channels" ||
           field == "sha256";
}

std::string clipField(const ClipRecord& clip, std::string_view field) {
    const Utterance& utterance = clip.utterance;
    if (field == "duration_sec")
        return fmt::format("{:.17g}", utterance.durationSec);
    if (field == "rate_hz")
        return fmt::format("{}", clip.rateHz);
    if (field == "channels")
        return fmt::format("{}", clip.channels);
    if (field == "tags") {
        std::vector<std::string> tags = utterance.tags;
        std::sort(tags.begin(), tags.end());
        tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
        return dump(tags);
    }
    if (field == "tasks")
        return tasksToJson(utterance.tasks);
    if (field == "removed")
        return clip.removed ? "1" : "0";
    const std::pair<std::string_view, const std::string*> texts[] = {
        {"name", &utterance.id},           {"text", &utterance.text},
        {"voice", &utterance.voice},       {"speaker", &utterance.speaker},
        {"language", &utterance.language}, {"split", &utterance.split},
        {"licence", &utterance.licence},   {"notes", &clip.notes},
        {"audio", &utterance.audioPath},   {"sha256", &utterance.sha256}};
    for (const auto& [name, text] : texts)
        if (name == field)
            return *text;
    throw Error(ErrorCode::Internal, fmt::format("clips have no field {}", field));
}

void setClipField(Database& database, ClipId id, std::string_view field, const std::string& value) {
    if (field == "tags") {
        Query(database, "DELETE FROM clip_tag WHERE clip = ?").bind(id).run();
        insertTags(database, id, listOf(value));
    } else if (field == "tasks") {
        Query(database, "DELETE FROM clip_task WHERE clip = ?").bind(id).run();
        insertTasks(database, id, tasksOf(value));
    } else {
        // The journal may come from a damaged file: only known columns reach the statement.
        if (std::find(std::begin(kClipFields), std::end(kClipFields), field) ==
            std::end(kClipFields))
            throw Error(ErrorCode::Database,
                        fmt::format("the journal of edits names a field {}; put back a copy of the "
                                    "project, or go on without undo",
                                    field));
        Query(database, fmt::format("UPDATE clip SET {} = ? WHERE id = ?", field))
            .bind(value)
            .bind(id)
            .run();
    }
}

void indexClip(Database& database, ClipId id) {
    const std::optional<ClipRecord> clip = readClip(database, id);
    Query(database, "DELETE FROM clip_words WHERE rowid = ?").bind(id).run();
    if (clip)
        Query(database, "INSERT INTO clip_words (rowid, body) VALUES (?, ?)")
            .bind(id)
            .bind(searchText(*clip))
            .run();
}

} // namespace viva
