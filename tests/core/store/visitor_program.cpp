// SPDX-License-Identifier: GPL-3.0-or-later
// Another program on a project, as the sqlite3 shell is: `visitor FILE SQL...` runs each statement
// on a connection of its own process, prints what comes back, and closes.
#include <SQLiteCpp/SQLiteCpp.h>

#include <cstdio>
#include <exception>

int main(int count, char** words) {
    try {
        SQLite::Database database(words[1], SQLite::OPEN_READWRITE, 5000);
        for (int i = 2; i < count; ++i) {
            SQLite::Statement statement(database, words[i]);
            while (statement.executeStep())
                std::printf("%s\n", statement.getColumn(0).getText());
        }
        return 0;
    } catch (const std::exception& error) {
        std::printf("%s\n", error.what());
        return 1;
    }
}
