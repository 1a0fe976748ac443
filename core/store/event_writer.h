// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/records.h"

#include <string>

namespace viva {

class Database;

/// Turns one event of a run into rows; the caller holds the transaction. Internal to core/store.
/// @throws SQLite::Exception.
void appendEvent(Database& database, RunId run, const TrainingEvent& event);

/// Forgets everything of a run after `step`; the caller holds the transaction.
void truncateRun(Database& database, RunId run, std::int64_t step);

/// Now, as ISO 8601 in UTC with milliseconds.
[[nodiscard]] std::string timestamp();

} // namespace viva
