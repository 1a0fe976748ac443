// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/migrator.h"

#include "core/base/error.h"
#include "core/store/database.h"
#include "tests/support/temp_dir.h"

#include <gtest/gtest.h>

#include <array>

namespace viva {
namespace {

using test::TempDir;

constexpr std::array kScripts{
    Migration{1, "CREATE TABLE a (x); INSERT INTO a VALUES (1);"},
    Migration{2, "CREATE TABLE b (y); INSERT INTO b SELECT x + 1 FROM a;"},
    Migration{3, "ALTER TABLE b ADD COLUMN z DEFAULT 7;"},
};

std::int64_t number(Database& database, const std::string& sql) {
    SQLite::Statement statement(database.raw(), sql);
    statement.executeStep();
    return statement.getColumn(0).getInt64();
}

TEST(Migrator, BringsEveryVersionToTheNewest) {
    for (std::size_t from = 0; from <= kScripts.size(); ++from) {
        TempDir dir;
        Database database(dir / "a.sqlite", Database::Mode::Create);
        migrate(database, std::span(kScripts).first(from));
        EXPECT_EQ(database.pragma("user_version"), static_cast<std::int64_t>(from));
        migrate(database, kScripts);
        EXPECT_EQ(database.pragma("user_version"), 3);
        EXPECT_EQ(number(database, "SELECT y + z FROM b"), 9);
        migrate(database, kScripts); // nothing more to do
        EXPECT_EQ(number(database, "SELECT count(*) FROM a"), 1);
    }
}

TEST(Migrator, AScriptThatFailsLeavesTheVersionBeforeIt) {
    TempDir dir;
    Database database(dir / "a.sqlite", Database::Mode::Create);
    const std::array scripts{kScripts[0], kScripts[1],
                             Migration{3, "DELETE FROM a; CREATE TABLE c (q); SELECT no_such();"}};
    EXPECT_THROW(migrate(database, scripts), SQLite::Exception);
    EXPECT_EQ(database.pragma("user_version"), 2);
    EXPECT_EQ(number(database, "SELECT count(*) FROM a"), 1);
    EXPECT_EQ(number(database, "SELECT count(*) FROM sqlite_master WHERE name = 'c'"), 0);
    migrate(database, kScripts);
    EXPECT_EQ(database.pragma("user_version"), 3);
}

TEST(Migrator, RefusesTheFutureAndOtherPrograms) {
    TempDir dir;
    Database future(dir / "a.sqlite", Database::Mode::Create);
    migrate(future, kScripts);
    const auto codeOf = [](auto body) {
        try {
            body();
        } catch (const Error& error) {
            return error.code();
        }
        return ErrorCode::Internal;
    };
    const auto old = std::span(kScripts).first(2);
    EXPECT_EQ(codeOf([&] { migrate(future, old); }), ErrorCode::Database);
    EXPECT_EQ(codeOf([&] { requireCurrent(future, old); }), ErrorCode::Database);
    EXPECT_EQ(future.pragma("user_version"), 3);

    Database foreign(dir / "b.sqlite", Database::Mode::Create);
    foreign.raw().exec("CREATE TABLE theirs (x)");
    EXPECT_EQ(codeOf([&] { migrate(foreign, kScripts); }), ErrorCode::Database);
    EXPECT_EQ(number(foreign, "SELECT count(*) FROM sqlite_master"), 1);
}

TEST(Migrator, AReaderNeedsTheNewestVersion) {
    TempDir dir;
    Database database(dir / "a.sqlite", Database::Mode::Create);
    migrate(database, std::span(kScripts).first(2));
    EXPECT_THROW(requireCurrent(database, kScripts), Error);
    migrate(database, kScripts);
    EXPECT_NO_THROW(requireCurrent(database, kScripts));
}

TEST(Migrator, MetricsOfOldEvaluationsBecomeRows) {
    TempDir dir;
    Database database(dir / "a.sqlite", Database::Mode::Create);
    migrate(database, builtInMigrations().first(2));
    database.raw().exec(
        "INSERT INTO run (id, name, created_at, config) VALUES (4, 'r', '', '{}');"
        "INSERT INTO evaluation VALUES (7, 4, 30, 'test', 'sqa', 'greedy', 41.5, 0.4, NULL, 20, "
        "2, '2026-01-01')");
    migrate(database, builtInMigrations());
    EXPECT_EQ(number(database, "SELECT count(*) FROM evaluation_metric"), 3);
    const auto value = [&](const std::string& name) {
        SQLite::Statement statement(database.raw(), "SELECT value FROM evaluation_metric WHERE "
                                                    "evaluation = 7 AND name = '" +
                                                        name + "'");
        EXPECT_TRUE(statement.executeStep()) << name;
        return statement.isColumnNull(0) ? -1.0 : statement.getColumn(0).getDouble();
    };
    EXPECT_EQ(value("bleu"), 41.5);
    EXPECT_EQ(value("sentence_bleu"), 0.4);
    EXPECT_EQ(value("exact_match"), -1.0);
    EXPECT_EQ(number(database, "SELECT step + items + passes FROM evaluation WHERE id = 7"), 52);
    database.raw().exec("DELETE FROM run");
    EXPECT_EQ(number(database, "SELECT count(*) FROM evaluation_metric"), 0);
}

TEST(Migrator, TheBuiltInScriptsAreNumberedWithoutAGap) {
    int expected = 1;
    for (const Migration& migration : builtInMigrations())
        EXPECT_EQ(migration.version, expected++);
    EXPECT_GT(expected, 1);
}

} // namespace
} // namespace viva
