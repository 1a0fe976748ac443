// SPDX-License-Identifier: GPL-3.0-or-later
// What is asked of the clips: search, filters, facets.
#include "core/store/clip_row_format.h"
#include "core/store/clip_store.h"
#include "core/store/project_store_impl.h"

#include <fmt/format.h>

#include <array>

namespace viva {
namespace {

/// "green pic" becomes `"green"* "pic"*`: every word must begin a word of the clip. Everything that
/// is neither letter nor digit in ASCII parts words, as in the index.
std::string matchExpression(const std::string& search) {
    std::string out;
    std::string word;
    const auto finish = [&] {
        if (!word.empty())
            out += fmt::format("{}\"{}\"*", out.empty() ? "" : " ", word);
        word.clear();
    };
    for (const char c : search) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = byte >= 0x80 || (byte >= '0' && byte <= '9') ||
                            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (letter)
            word += c;
        else
            finish();
    }
    finish();
    return out;
}

/// A statement that grows with the filter; values are always bound.
struct Statement {
    std::string sql;
    std::vector<std::string> values;

    std::string list(const std::vector<std::string>& wanted) {
        std::string marks;
        for (const std::string& value : wanted) {
            marks += marks.empty() ? "?" : ", ?";
            values.push_back(value);
        }
        return marks;
    }
    void column(const char* name, const std::vector<std::string>& wanted) {
        if (!wanted.empty())
            sql += fmt::format(" AND {} IN ({})", name, list(wanted));
    }
    /// A list in another table; "" asks for clips that have none there.
    void joined(const char* table, const char* name, const std::vector<std::string>& wanted) {
        if (wanted.empty())
            return;
        std::vector<std::string> named;
        bool none = false;
        for (const std::string& value : wanted)
            if (value.empty())
                none = true;
            else
                named.push_back(value);
        std::string either;
        if (!named.empty())
            either = fmt::format("id IN (SELECT clip FROM {} WHERE {} IN ({}))", table, name,
                                 list(named));
        if (none)
            either += fmt::format("{}id NOT IN (SELECT clip FROM {})", either.empty() ? "" : " OR ",
                                  table);
        sql += fmt::format(" AND ({})", either);
    }
};

const char* orderColumn(ClipOrder order) {
    switch (order) {
    case ClipOrder::Name:
        return "name";
    case ClipOrder::Duration:
        return "duration_sec";
    case ClipOrder::Speaker:
        return "speaker";
    case ClipOrder::Split:
        return "split";
    case ClipOrder::Added:
        break;
    }
    return "id";
}

/// "SELECT `columns` ..." of the clips that `filter` wants, unordered; nullopt when there can be
/// none.
std::optional<Statement> wantedClips(const char* columns, const ClipFilter& filter) {
    Statement statement{fmt::format("SELECT {} FROM clip WHERE removed = 0", columns), {}};
    if (const std::string match = matchExpression(filter.search); !match.empty()) {
        // CROSS JOIN keeps the order: the words first, then the clips that have them.
        statement.sql = fmt::format("SELECT {} FROM clip_words CROSS JOIN clip ON id = "
                                    "clip_words.rowid WHERE clip_words MATCH ? AND removed = 0",
                                    columns);
        statement.values.push_back(match);
    } else if (filter.search.find_first_not_of(" \t\n") != std::string::npos) {
        return std::nullopt; // nothing but signs: no word of any clip begins so
    }
    statement.column("split", filter.splits);
    statement.column("speaker", filter.speakers);
    statement.column("language", filter.languages);
    statement.joined("clip_task", "task", filter.tasks);
    statement.joined("clip_tag", "tag", filter.tags);
    return statement;
}

std::vector<ClipFacet> facet(Database& database, std::string_view sql) {
    std::vector<ClipFacet> out;
    Query query(database, sql);
    while (query.next())
        out.push_back({query.text(0), query.integer(1)});
    return out;
}

std::optional<std::string> labelWhere(Database& database, std::string_view sql) {
    Query query(database, sql);
    return query.next() ? std::optional(query.text(0)) : std::nullopt;
}

} // namespace

std::vector<ClipId> ClipStore::ids(const ClipFilter& filter) const {
    return list(filter).ids;
}

ClipList ClipStore::list(const ClipFilter& filter) const {
    const char* way = filter.descending ? "DESC" : "ASC";
    const std::string order =
        fmt::format(" ORDER BY {} {}, id {}", orderColumn(filter.order), way, way);
    // A search reads the rows anyway. Without one each half is answered from an index alone.
    const bool searched = !matchExpression(filter.search).empty();
    std::optional<Statement> rows = wantedClips(searched ? "id, duration_sec" : "id", filter);
    if (!rows)
        return {};
    rows->sql += order;
    return m_store.m_impl->reading([&] {
        Database& database = m_store.m_impl->database;
        ClipList out;
        Query query(database, rows->sql);
        for (const std::string& value : rows->values)
            query.bind(value);
        while (query.next()) {
            out.ids.push_back(query.integer(0));
            out.totals.durationSec += searched ? query.real(1) : 0;
        }
        out.totals.clips = static_cast<std::int64_t>(out.ids.size());
        if (searched || out.ids.empty())
            return out;
        const std::optional<Statement> sum = wantedClips("sum(duration_sec)", filter);
        Query total(database, sum->sql);
        for (const std::string& value : sum->values)
            total.bind(value);
        if (total.next())
            out.totals.durationSec = total.real(0);
        return out;
    });
}

std::vector<ClipRecord> ClipStore::clips(std::span<const ClipId> ids) const {
    return m_store.m_impl->reading([&] {
        std::vector<ClipRecord> out;
        out.reserve(ids.size());
        for (const ClipId id : ids)
            if (auto clip = readClip(m_store.m_impl->database, id))
                out.push_back(std::move(*clip));
        return out;
    });
}

std::optional<ClipRecord> ClipStore::clip(ClipId id) const {
    return m_store.m_impl->reading([&] { return readClip(m_store.m_impl->database, id); });
}

std::optional<ClipRecord> ClipStore::clipOfSource(const std::string& source) const {
    return m_store.m_impl->reading([&]() -> std::optional<ClipRecord> {
        const auto id = clipBySource(m_store.m_impl->database, source);
        return id ? readClip(m_store.m_impl->database, *id) : std::nullopt;
    });
}

ClipFacets ClipStore::facets() const {
    return m_store.m_impl->reading([&] {
        Database& database = m_store.m_impl->database;
        const auto column = [&](std::string_view name) {
            return facet(database, fmt::format("SELECT {0}, count(*) FROM clip WHERE removed = 0 "
                                               "GROUP BY {0} ORDER BY {0}",
                                               name));
        };
        const auto joined = [&](std::string_view table, std::string_view name) {
            auto out =
                facet(database,
                      fmt::format("SELECT t.{0}, count(DISTINCT t.clip) FROM {1} t JOIN clip c "
                                  "ON c.id = t.clip WHERE c.removed = 0 GROUP BY t.{0} ORDER BY "
                                  "t.{0}",
                                  name, table));
            const auto none =
                facet(database, fmt::format("SELECT '', count(*) FROM clip WHERE removed = 0 AND "
                                            "id NOT IN (SELECT clip FROM {})",
                                            table));
            if (!none.empty() && none.front().clips > 0)
                out.push_back(none.front());
            return out;
        };
        return ClipFacets{column("split"), joined("clip_task", "task"), joined("clip_tag", "tag"),
                          column("speaker"), column("language")};
    });
}

ClipTotals ClipStore::totals(std::span<const ClipId> ids) const {
    return m_store.m_impl->reading([&] {
        ClipTotals out;
        for (const ClipId id : ids) {
            Query query(m_store.m_impl->database, "SELECT duration_sec FROM clip WHERE id = ?");
            query.bind(id);
            if (!query.next())
                continue;
            ++out.clips;
            out.durationSec += query.real(0);
        }
        return out;
    });
}

std::vector<Utterance> ClipStore::trainingClips() const {
    std::vector<ClipId> wanted;
    m_store.m_impl->reading([&] {
        Query query(m_store.m_impl->database,
                    "SELECT id FROM clip WHERE removed = 0 AND split <> '' AND id IN (SELECT clip "
                    "FROM clip_task) ORDER BY id");
        while (query.next())
            wanted.push_back(query.integer(0));
    });
    std::vector<Utterance> out;
    for (ClipRecord& clip : clips(wanted))
        out.push_back(std::move(clip.utterance));
    return out;
}

std::vector<ImportRecord> ClipStore::imports() const {
    return m_store.m_impl->reading([&] {
        std::vector<ImportRecord> out;
        Query query(m_store.m_impl->database,
                    "SELECT id, at, format, path, added, extended, known, rejected, stopped FROM "
                    "clip_import ORDER BY id DESC");
        while (query.next())
            out.push_back({query.integer(0),
                           query.text(1),
                           query.text(2),
                           query.text(3),
                           {query.integer(4), query.integer(5), query.integer(6), query.integer(7)},
                           query.boolean(8)});
        return out;
    });
}

std::vector<ImportFault> ClipStore::faults(std::int64_t importId, std::size_t most) const {
    return m_store.m_impl->reading([&] {
        std::vector<ImportFault> out;
        Query query(m_store.m_impl->database,
                    "SELECT place, item, reason FROM clip_fault WHERE import = ? ORDER BY id LIMIT "
                    "?");
        query.bind(importId).bind(static_cast<std::int64_t>(most));
        while (query.next())
            out.push_back({query.text(0), query.text(1), query.text(2)});
        return out;
    });
}

std::optional<std::string> ClipStore::undoLabel() const {
    return m_store.m_impl->reading([&] {
        return labelWhere(m_store.m_impl->database, "SELECT label FROM clip_edit WHERE undone = 0 "
                                                    "ORDER BY id DESC LIMIT 1");
    });
}

std::optional<std::string> ClipStore::redoLabel() const {
    return m_store.m_impl->reading([&] {
        return labelWhere(m_store.m_impl->database,
                          "SELECT label FROM clip_edit WHERE undone = 1 ORDER BY id LIMIT 1");
    });
}

} // namespace viva
