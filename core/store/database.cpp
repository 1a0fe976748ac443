// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/database.h"

#include "core/base/error.h"
#include "core/store/file_locks.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <limits>

namespace viva {
namespace {

constexpr int kBusyTimeoutMs = 5000;

/// A database in a folder that cannot be written has no place for WAL's index; without a log beside
/// it nobody writes, and it may be read as it lies there.
std::string immutableUri(const std::filesystem::path& file) {
    std::string uri = "file:";
    for (const char c : std::filesystem::absolute(file).string()) {
        if (c == '?' || c == '#' || c == '%')
            uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        else
            uri += c;
    }
    return uri + "?immutable=1";
}

bool hasLog(const std::filesystem::path& file) {
    std::error_code ignored;
    const auto size = std::filesystem::file_size(file.string() + "-wal", ignored);
    return !ignored && size > 0;
}

SQLite::Database openReading(const std::filesystem::path& file) {
    try {
        SQLite::Database database(file.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
        SQLite::Statement(database, "SELECT count(*) FROM sqlite_master").executeStep();
        return database;
    } catch (const SQLite::Exception& error) {
        const int code = error.getErrorCode();
        const bool noPlace = code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
        if (!noPlace || hasLog(file) || !std::filesystem::exists(file))
            throw;
    }
    return {immutableUri(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI, kBusyTimeoutMs};
}

SQLite::Database openAs(const std::filesystem::path& file, Database::Mode mode) {
    lockByOpenFile();
    if (mode == Database::Mode::ReadOnly)
        return openReading(file);
    return {file.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, kBusyTimeoutMs};
}

} // namespace

Database::Database(const std::filesystem::path& file, Mode mode)
    : m_file(file), m_database(openAs(file, mode)) {
    m_database.exec("PRAGMA foreign_keys = ON");
}

SQLite::Statement& Database::prepared(std::string_view sql) {
    auto found = m_statements.find(sql);
    if (found == m_statements.end()) {
        std::string text(sql);
        auto statement = std::make_unique<SQLite::Statement>(m_database, text);
        found = m_statements.emplace(std::move(text), std::move(statement)).first;
    }
    return *found->second;
}

std::int64_t Database::pragma(const std::string& name) {
    SQLite::Statement statement(m_database, "PRAGMA " + name);
    return statement.executeStep() ? statement.getColumn(0).getInt64() : 0;
}

Query::~Query() {
    m_statement.tryReset();
    try {
        m_statement.clearBindings();
    } catch (const SQLite::Exception&) {
        // Clearing only drops references to bound values; a failure leaves nothing behind.
        m_bound = 0;
    }
}

Query& Query::bind(std::int64_t value) {
    m_statement.bind(++m_bound, value);
    return *this;
}

Query& Query::bind(double value) {
    if (std::isnan(value))
        m_statement.bind(++m_bound);
    else
        m_statement.bind(++m_bound, value);
    return *this;
}

Query& Query::bind(const std::string& value) {
    m_statement.bind(++m_bound, value);
    return *this;
}

Query& Query::bind(const std::vector<std::uint8_t>& blob) {
    // SQLite takes a null pointer for NULL, and an empty vector has one.
    static const std::uint8_t kNothing = 0;
    m_statement.bind(++m_bound, blob.empty() ? &kNothing : blob.data(),
                     static_cast<int>(blob.size()));
    return *this;
}

int Query::run() {
    return m_statement.exec();
}

double Query::real(int column) {
    const SQLite::Column value = m_statement.getColumn(column);
    return value.isNull() ? std::numeric_limits<double>::quiet_NaN() : value.getDouble();
}

std::vector<std::uint8_t> Query::blob(int column) {
    const SQLite::Column value = m_statement.getColumn(column);
    const auto* begin = static_cast<const std::uint8_t*>(value.getBlob());
    return begin ? std::vector<std::uint8_t>(begin, begin + value.getBytes())
                 : std::vector<std::uint8_t>{};
}

void throwStoreError(const SQLite::Exception& error, const std::filesystem::path& file,
                     std::string_view doing) {
    const auto fail = [&](ErrorCode code, std::string_view reason) {
        throw Error(code, fmt::format("cannot {} {}: {}", doing, file.string(), reason));
    };
    switch (error.getErrorCode()) {
    case SQLITE_FULL:
        fail(ErrorCode::Io, "the disk is full; free some space and go on, nothing that was stored "
                            "before is lost");
        break;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        fail(ErrorCode::Io,
             "the place is read-only; copy the project to a folder you may write to");
        break;
    case SQLITE_CANTOPEN:
        fail(ErrorCode::Io, "the file cannot be opened; check that its folder exists and that you "
                            "may read and write there");
        break;
    case SQLITE_IOERR:
        fail(ErrorCode::Io, fmt::format("the disk reported a failure ({}); check the disk and its "
                                        "free space, then try again",
                                        error.what()));
        break;
    case SQLITE_NOTADB:
        fail(ErrorCode::Database, "it is not a project database; choose a folder NAME.viva that "
                                  "Viva Voce made, or move this file away to start a new project");
        break;
    case SQLITE_CORRUPT:
        fail(ErrorCode::Database, "the file is damaged; put back a copy of it, or rescue what can "
                                  "be read with: sqlite3 project.sqlite .recover");
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        fail(ErrorCode::Database, "another program is writing to it; wait for it or close it, then "
                                  "try again");
        break;
    default:
        fail(ErrorCode::Database, error.what());
    }
    throw Error(ErrorCode::Internal, "unreachable");
}

} // namespace viva
