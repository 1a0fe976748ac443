// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/table_rows.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

constexpr std::size_t kMaxLineBytes = std::size_t{1} << 20U;
constexpr std::size_t kMaxFieldBytes = std::size_t{64} << 10U;
constexpr std::size_t kMaxFieldLines = 100;

} // namespace

TableRows::TableRows(const std::filesystem::path& path, TableStyle style)
    : m_source(path), m_style(std::move(style)) {
    if (!m_style.columns.empty()) {
        m_columns = m_style.columns;
        return;
    }
    TableRow heading;
    if (!readFields(heading))
        throw Error(ErrorCode::Format,
                    fmt::format("{} is empty; it needs a heading line that names its columns",
                                path.string()));
    if (!heading.fault.empty())
        throw Error(ErrorCode::Format, fmt::format("{}:{}: the heading {}", path.string(),
                                                   heading.line, heading.fault));
    m_columns = std::move(heading.fields);
}

std::optional<std::size_t> TableRows::column(std::string_view name) const {
    const auto found = std::find(m_columns.begin(), m_columns.end(), name);
    if (found == m_columns.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - m_columns.begin());
}

bool TableRows::next(TableRow& row) {
    if (!readFields(row))
        return false;
    if (row.fault.empty() && row.fields.size() != m_columns.size())
        row.fault =
            fmt::format("has {} column{} where the heading names {}; check it for a tab, "
                        "delimiter or quote too many or too few",
                        row.fields.size(), row.fields.size() == 1 ? "" : "s", m_columns.size());
    return true;
}

bool TableRows::readFields(TableRow& row) {
    bool tooLong = false;
    do {
        row.line = m_source.line();
        if (!m_source.getLine(m_line, kMaxLineBytes, tooLong))
            return false;
    } while (m_line.empty());
    row.fields.clear();
    row.fault.clear();
    row.beginning.clear();
    if (tooLong)
        row.fault = fmt::format("is longer than {} bytes; is it a table?", kMaxLineBytes);
    else if (std::string fault = faultOfText(m_line); !fault.empty())
        row.fault = std::move(fault);
    else if (m_style.quotes && m_line.find('"') != std::string::npos)
        splitQuoted(m_line, row);
    else
        splitPlain(m_line, row);
    if (!row.fault.empty() || row.fields.size() != m_columns.size())
        row.beginning = beginningOf(m_line);
    return true;
}

void TableRows::splitPlain(const std::string& line, TableRow& row) const {
    std::string field;
    for (std::size_t at = 0; at < line.size(); ++at) {
        if (line[at] == m_style.delimiter) {
            row.fields.push_back(std::move(field));
            field.clear();
        } else if (m_style.backslash && line[at] == '\\' && at + 1 < line.size()) {
            field += line[++at];
        } else {
            field += line[at];
        }
    }
    row.fields.push_back(std::move(field));
}

void TableRows::splitQuoted(std::string line, TableRow& row) {
    const TextSource::Place after = m_source.place();
    std::string field;
    std::size_t lines = 1;
    for (std::size_t at = 0;;) {
        field.clear();
        if (at < line.size() && line[at] == '"') {
            ++at;
            while (true) {
                if (at == line.size()) {
                    std::string more;
                    bool tooLong = false;
                    if (++lines > kMaxFieldLines || field.size() > kMaxFieldBytes ||
                        !m_source.getLine(more, kMaxFieldBytes, tooLong) || tooLong ||
                        !faultOfText(more).empty()) {
                        row.fault = fmt::format("opens a quote in column {} that is never closed; "
                                                "write \"\" for a quote inside a field",
                                                row.fields.size() + 1);
                        m_source.seek(after);
                        return;
                    }
                    field += '\n';
                    line = std::move(more);
                    at = 0;
                } else if (line[at] != '"') {
                    field += line[at++];
                } else if (at + 1 < line.size() && line[at + 1] == '"') {
                    field += '"';
                    at += 2;
                } else {
                    ++at;
                    break;
                }
            }
            if (at < line.size() && line[at] != m_style.delimiter) {
                row.fault =
                    fmt::format("has text behind the closing quote of column {}; write \"\" "
                                "for a quote inside a field",
                                row.fields.size() + 1);
                m_source.seek(after);
                return;
            }
        } else {
            while (at < line.size() && line[at] != m_style.delimiter)
                field += line[at++];
        }
        row.fields.push_back(field);
        if (at >= line.size())
            return;
        ++at;
    }
}

} // namespace viva
