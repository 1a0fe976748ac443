// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"
#include "core/store/project_store.h"

namespace viva {

/// What the sources of ProjectStore share; internal to core/store.
struct ProjectStore::Impl {
    Impl(std::filesystem::path projectFolder, Database::Mode mode)
        : folder(std::move(projectFolder)), database(folder / kFileName, mode) {}

    std::filesystem::path folder;
    mutable Database database;

    template<typename Body>
    auto reading(Body&& body) const {
        return guarded(database.file(), "read", body);
    }
    template<typename Body>
    void writing(Body&& body) {
        guarded(database.file(), "write", [&] {
            SQLite::Transaction transaction(database.raw(), SQLite::TransactionBehavior::IMMEDIATE);
            body();
            transaction.commit();
        });
    }
};

} // namespace viva
