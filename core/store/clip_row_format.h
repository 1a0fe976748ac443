// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <optional>
#include <string>
#include <string_view>

namespace viva {

class Database;

/// Rows of clips; internal to core/store. The caller holds the transaction where something is
/// written. @throws SQLite::Exception.
[[nodiscard]] std::optional<ClipRecord> readClip(Database& database, ClipId id);
/// `clip.utterance.id` must be free. @return the new id.
ClipId insertClip(Database& database, const ClipRecord& clip);
[[nodiscard]] std::optional<ClipId> clipBySource(Database& database, std::string_view source);
[[nodiscard]] std::optional<ClipId> clipByName(Database& database, std::string_view name);
/// The name, or the name with the first free number behind it.
[[nodiscard]] std::string freeName(Database& database, const std::string& name);

/// The fields an edit may change, as the journal keeps them: texts as they are, lists as JSON.
inline constexpr std::string_view kClipFields[] = {
    "name", "text",  "voice", "speaker", "language",     "split",   "licence",  "notes",
    "tags", "tasks", "audio", "removed", "duration_sec", "rate_hz", "channels", "sha256"};
/// Those that follow the audio file: an edit changes them only together with "audio".
[[nodiscard]] bool followsAudio(std::string_view field);
[[nodiscard]] std::string clipField(const ClipRecord& clip, std::string_view field);
/// Sets one field of a row; indexClip must follow when words may have changed.
void setClipField(Database& database, ClipId id, std::string_view field, const std::string& value);
/// Brings the search index to what the rows say.
void indexClip(Database& database, ClipId id);

[[nodiscard]] std::string tasksToJson(const std::vector<UtteranceTask>& tasks);

} // namespace viva
