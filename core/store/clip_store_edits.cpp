// SPDX-License-Identifier: GPL-3.0-or-later
// Editing with undo; each call reads, changes and writes within one transaction, so that no other
// connection comes between.
#include "core/store/clip_store.h"

#include "core/base/error.h"
#include "core/store/clip_journal.h"
#include "core/store/clip_row_format.h"
#include "core/store/project_store_impl.h"

#include <fmt/format.h>

namespace viva {
namespace {

/// What changes clips within a transaction of the caller: one entry of the journal, made with the
/// first field that changes.
class Edit {
public:
    Edit(Database& database, const std::string& label) : m_database(database), m_label(label) {}

    /// Brings one clip from `own` to `wanted`.
    void change(const ClipRecord& own, const ClipRecord& wanted) {
        if (wanted == own)
            return;
        requireWhole(wanted);
        const bool newAudio = own.utterance.audioPath != wanted.utterance.audioPath;
        bool changed = false;
        bool words = false;
        for (const std::string_view field : kClipFields) {
            if (followsAudio(field) && !newAudio)
                continue;
            const std::string before = clipField(own, field);
            const std::string after = clipField(wanted, field);
            if (before == after)
                continue;
            set(own.id, field, before, after);
            changed = true;
            words = words || isSearched(field);
        }
        if (words)
            indexClip(m_database, own.id);
        m_clips += changed ? 1 : 0;
    }
    /// One field that is no word of the search index.
    void changeField(ClipId clip, std::string_view field, const std::string& before,
                     const std::string& after) {
        set(clip, field, before, after);
        ++m_clips;
    }
    [[nodiscard]] std::size_t clips() const { return m_clips; }

private:
    void set(ClipId clip, std::string_view field, const std::string& before,
             const std::string& after) {
        if (field == "name" && clipByName(m_database, after))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("another clip is called \"{}\"; choose another name", after));
        if (m_edit == 0)
            m_edit = beginEdit(m_database, m_label);
        journal(m_database, m_edit, clip, field, before, after);
        setClipField(m_database, clip, field, after);
    }

    Database& m_database;
    const std::string& m_label;
    std::int64_t m_edit = 0;
    std::size_t m_clips = 0;
};

/// One field of one clip, as the journal has it.
struct JournaledChange {
    ClipId clip = 0;
    std::string field;
    std::string before;
    std::string after;
};

std::vector<JournaledChange> changesOf(Database& database, std::int64_t edit) {
    std::vector<JournaledChange> changes;
    Query query(database, "SELECT clip, field, before, after FROM clip_change WHERE edit = ?");
    query.bind(edit);
    while (query.next())
        changes.push_back({query.integer(0), query.text(1), query.text(2), query.text(3)});
    return changes;
}

/// A column of a clip that stands in its row; nullopt where there is no such clip.
std::optional<std::string> fieldOf(Database& database, ClipId id, std::string_view column) {
    Query query(database, fmt::format("SELECT {} FROM clip WHERE id = ?", column));
    query.bind(id);
    return query.next() ? std::optional(query.text(0)) : std::nullopt;
}

} // namespace

std::size_t ClipStore::change(const std::string& label, std::span<const ClipId> clips,
                              const ClipMutation& mutate) {
    Database& database = m_store.m_impl->database;
    return m_store.m_impl->writing([&] {
        Edit edit(database, label);
        for (const ClipId id : clips) {
            const std::optional<ClipRecord> own = readClip(database, id);
            if (!own)
                throw Error(ErrorCode::NotFound, fmt::format("the project has no clip {}", id));
            ClipRecord wanted = *own;
            mutate(wanted);
            edit.change(*own, wanted);
        }
        return edit.clips();
    });
}

std::size_t ClipStore::setSplits(const std::string& label,
                                 std::span<const std::pair<ClipId, std::string>> splits) {
    Database& database = m_store.m_impl->database;
    return m_store.m_impl->writing([&] {
        Edit edit(database, label);
        for (const auto& [id, split] : splits) {
            const auto own = fieldOf(database, id, "split");
            if (own && *own != split)
                edit.changeField(id, "split", *own, split);
        }
        return edit.clips();
    });
}

std::size_t ClipStore::remove(const std::string& label, std::span<const ClipId> clips) {
    Database& database = m_store.m_impl->database;
    return m_store.m_impl->writing([&] {
        Edit edit(database, label);
        for (const ClipId id : clips)
            if (fieldOf(database, id, "removed") == "0")
                edit.changeField(id, "removed", "0", "1");
        return edit.clips();
    });
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
        for (const JournaledChange& change : changesOf(database, edit)) {
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
