// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// One SQLite connection with its prepared statements; internal to core/store.
///
/// Not thread-safe: every thread opens its own. Foreign keys are on, the busy timeout is 5 s.
class Database {
public:
    enum class Mode { Create, ReadOnly };

    /// @throws SQLite::Exception; the caller says what it was doing (storeError).
    Database(const std::filesystem::path& file, Mode mode);

    [[nodiscard]] SQLite::Database& raw() { return m_database; }
    [[nodiscard]] const std::filesystem::path& file() const { return m_file; }
    /// The statement for this text, prepared once.
    [[nodiscard]] SQLite::Statement& prepared(std::string_view sql);
    [[nodiscard]] std::int64_t pragma(const std::string& name);

private:
    std::filesystem::path m_file;
    SQLite::Database m_database;
    std::map<std::string, std::unique_ptr<SQLite::Statement>, std::less<>> m_statements;
};

/// A prepared statement in use: bound in order, reset when it goes out of scope, so that no read
/// transaction stays open.
class Query {
public:
    Query(Database& database, std::string_view sql) : m_statement(database.prepared(sql)) {}
    ~Query();
    Query(const Query&) = delete;
    Query& operator=(const Query&) = delete;

    Query& bind(std::int64_t value);
    Query& bind(double value); ///< not-a-number becomes NULL
    Query& bind(const std::string& value);
    Query& bind(std::string_view value) { return bind(std::string(value)); }
    Query& bind(const std::vector<std::uint8_t>& blob);
    Query& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
    Query& bind(int value) { return bind(static_cast<std::int64_t>(value)); }

    [[nodiscard]] bool next() { return m_statement.executeStep(); }
    int run(); ///< executes a statement without results; the rows it changed

    [[nodiscard]] std::int64_t integer(int column) {
        return m_statement.getColumn(column).getInt64();
    }
    [[nodiscard]] double real(int column); ///< NULL becomes not-a-number
    [[nodiscard]] std::string text(int column) { return m_statement.getColumn(column).getString(); }
    [[nodiscard]] bool boolean(int column) { return integer(column) != 0; }
    [[nodiscard]] std::vector<std::uint8_t> blob(int column);

private:
    SQLite::Statement& m_statement;
    int m_bound = 0;
};

/// Translates SQLite's trouble into one sentence with its cure: Io for the disk and permissions,
/// Database for damaged, foreign or busy files.
[[noreturn]] void throwStoreError(const SQLite::Exception& error, const std::filesystem::path& file,
                                  std::string_view doing);

/// Runs `body`, translating SQLite's exceptions.
template<typename Body>
auto guarded(const std::filesystem::path& file, std::string_view doing, Body&& body) {
    try {
        return body();
    } catch (const SQLite::Exception& error) {
        throwStoreError(error, file, doing);
    }
}

} // namespace viva
