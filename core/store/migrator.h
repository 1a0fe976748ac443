// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <span>
#include <string_view>

namespace viva {

class Database;

/// One numbered script of resources/sql; never edited after a release.
struct Migration {
    int version = 0;
    std::string_view sql;
};

/// PRAGMA application_id of every project: "VIVA" in ASCII.
inline constexpr int kApplicationId = 0x56495641;

/// The scripts that are built into the program, ascending, without a gap from 1.
[[nodiscard]] std::span<const Migration> builtInMigrations();

/// Refuses what must not be touched. @throws Error(Database) for a database of another program or
/// of a newer version.
void requireOurs(Database& database, std::span<const Migration> migrations);

/// Brings a database from whatever version it has to the last of `migrations`, each script in one
/// transaction together with its version number: a script that fails leaves the version before it.
/// @throws Error(Database) as requireOurs; SQLite::Exception when a script fails.
void migrate(Database& database, std::span<const Migration> migrations);

/// The same checks for a reader, which cannot migrate: the version must be the last one.
/// @throws Error(Database).
void requireCurrent(Database& database, std::span<const Migration> migrations);

} // namespace viva
