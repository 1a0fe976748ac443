// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/migrator.h"

#include "core/base/error.h"
#include "core/store/database.h"

#include <fmt/format.h>

namespace viva {
namespace {

bool isEmpty(Database& database) {
    SQLite::Statement statement(database.raw(), "SELECT count(*) FROM sqlite_master");
    statement.executeStep();
    return statement.getColumn(0).getInt64() == 0;
}

/// The version found, after refusing what is not ours.
int checkedVersion(Database& database, std::span<const Migration> migrations) {
    const auto version = static_cast<int>(database.pragma("user_version"));
    const bool ours = database.pragma("application_id") == kApplicationId;
    if (!ours && !(version == 0 && isEmpty(database)))
        throw Error(ErrorCode::Database,
                    fmt::format("{} is a database of another program; choose a folder NAME.viva "
                                "that Viva Voce made",
                                database.file().string()));
    const int known = migrations.empty() ? 0 : migrations.back().version;
    if (version > known)
        throw Error(ErrorCode::Database,
                    fmt::format("{} was written by a newer Viva Voce (project version {}, this "
                                "program knows up to {}); open it with that version or update this "
                                "one",
                                database.file().string(), version, known));
    return version;
}

} // namespace

void requireOurs(Database& database, std::span<const Migration> migrations) {
    static_cast<void>(checkedVersion(database, migrations));
}

void migrate(Database& database, std::span<const Migration> migrations) {
    if (checkedVersion(database, migrations) ==
        (migrations.empty() ? 0 : migrations.back().version))
        return;
    for (const Migration& migration : migrations) {
        SQLite::Transaction transaction(database.raw(), SQLite::TransactionBehavior::IMMEDIATE);
        // Read again under the lock: another program may have migrated meanwhile.
        if (checkedVersion(database, migrations) >= migration.version)
            continue;
        database.raw().exec(std::string(migration.sql));
        database.raw().exec(fmt::format("PRAGMA application_id = {}", kApplicationId));
        database.raw().exec(fmt::format("PRAGMA user_version = {}", migration.version));
        transaction.commit();
    }
}

void requireCurrent(Database& database, std::span<const Migration> migrations) {
    const int version = checkedVersion(database, migrations);
    const int known = migrations.empty() ? 0 : migrations.back().version;
    if (version < known)
        throw Error(ErrorCode::Database,
                    fmt::format("{} has project version {} and needs {}; open it once for writing "
                                "to bring it up to date",
                                database.file().string(), version, known));
}

} // namespace viva
