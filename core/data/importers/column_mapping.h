// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// Which column of somebody's table means what; can be kept in a file and used again.
///
/// Fields: id, audio, text, task, question, reference, speaker, voice, language, split, tags,
/// licence, start, length (seconds). JSON: {"columns": {"audio": "path", ...}, "fixed": {"task":
/// "ast", ...}, "delimiter": ";", "quotes": true, "separator": "|", "heading": [...],
/// "audioFolder": "clips"}; all but columns may be left out.
struct ColumnMapping {
    std::map<std::string, std::string> columns; ///< field to column
    std::map<std::string, std::string> fixed;   ///< field to a value that holds for every row
    std::string delimiter; ///< one sign; empty = tab for .tsv and .txt, comma for .csv
    std::string quotes;    ///< "yes", "no"; empty = yes for .csv
    std::string separator; ///< between several references or tags in one column; empty = one only
    std::vector<std::string> heading; ///< column names where the file has none
    std::string audioFolder;          ///< where relative paths begin, from the table's folder

    bool operator==(const ColumnMapping&) const = default;
};

/// @throws Error(NotFound | Io | Format) naming unknown fields and keys.
[[nodiscard]] ColumnMapping readMapping(const std::filesystem::path& path);
void writeMapping(const std::filesystem::path& path, const ColumnMapping& mapping);

/// What the usual names of columns mean ("sentence" is the text, "client_id" the speaker).
[[nodiscard]] ColumnMapping guessMapping(const std::vector<std::string>& columns);

/// The fields a column can mean.
[[nodiscard]] const std::vector<std::string>& mappingFields();

} // namespace viva
