// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/database.h"
#include "core/store/project_store.h"

#include <type_traits>

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
    /// One transaction that nobody else's writing can interrupt, also for what `body` reads.
    template<typename Body>
    auto writing(Body&& body) {
        return guarded(database.file(), "write", [&] {
            SQLite::Transaction transaction(database.raw(), SQLite::TransactionBehavior::IMMEDIATE);
            if constexpr (std::is_void_v<decltype(body())>) {
                body();
                transaction.commit();
            } else {
                auto result = body();
                transaction.commit();
                return result;
            }
        });
    }
};

} // namespace viva
