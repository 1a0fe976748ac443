// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/importers/text_source.h"

#include <optional>
#include <string>
#include <vector>

namespace viva {

/// How a table is written.
struct TableStyle {
    char delimiter = '\t';
    bool quotes = false;              ///< RFC 4180; without, a quote is a sign like any other
    bool backslash = false;           ///< \x stands for x, as CoVoST writes its tables
    std::vector<std::string> columns; ///< names, where the first line is not the heading
};

/// One line of a table, or why it is none.
struct TableRow {
    std::size_t line = 0; ///< from 1
    std::vector<std::string> fields;
    std::string fault; ///< a clause; the fields are then not to be used
    std::string beginning;
};

/// Reads a table with a heading row by row, in constant memory.
///
/// A quote that is never closed costs its own row only: after 64 KB or 100 lines reading starts
/// again at the next line.
class TableRows {
public:
    /// Reads the heading. @throws Error(NotFound | Io); Error(Format) without a usable heading.
    TableRows(const std::filesystem::path& path, TableStyle style);

    [[nodiscard]] const std::vector<std::string>& columns() const { return m_columns; }
    [[nodiscard]] std::optional<std::size_t> column(std::string_view name) const;
    /// False at the end. Empty lines are passed over.
    bool next(TableRow& row);
    [[nodiscard]] const TextSource& source() const { return m_source; }

private:
    bool readFields(TableRow& row);
    void splitPlain(const std::string& line, TableRow& row) const;
    void splitQuoted(std::string line, TableRow& row);

    TextSource m_source;
    TableStyle m_style;
    std::vector<std::string> m_columns;
    std::string m_line;
};

} // namespace viva
