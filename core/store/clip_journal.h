// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

class Database;

/// The journal of edits; internal to core/store. The caller holds the transaction.

/// A new edit; what was undone before it is forgotten. @return its number.
std::int64_t beginEdit(Database& database, const std::string& label);
/// One field that the edit changed.
void journal(Database& database, std::int64_t edit, ClipId clip, std::string_view field,
             const std::string& before, const std::string& after);
/// The same, where the edit may have changed the field already: what was there before it stays.
void journalOnce(Database& database, std::int64_t edit, ClipId clip, std::string_view field,
                 const std::string& before, const std::string& after);
/// 0 when there is none.
[[nodiscard]] std::int64_t newestEdit(Database& database);
[[nodiscard]] std::vector<std::int64_t> editsAfter(Database& database, std::int64_t edit);
[[nodiscard]] bool changedBy(Database& database, std::int64_t edit, ClipId clip);

/// Whether the search index reads this field.
[[nodiscard]] bool isSearched(std::string_view field);
/// @throws Error(InvalidArgument) for a clip without a name or with a task that is not whole.
void requireWhole(const ClipRecord& clip);

} // namespace viva
