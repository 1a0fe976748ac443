// SPDX-License-Identifier: GPL-3.0-or-later
// Tables and JSON objects through a mapping of columns.
#include "core/base/error.h"
#include "core/data/importers/json_items.h"
#include "core/data/importers/set_readers.h"
#include "core/data/importers/table_rows.h"
#include "core/data/importers/text_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr int kLookedObjects = 50;
constexpr std::size_t kMaxHeadingBytes = std::size_t{1} << 20U;
/// Between tags in one column, where the mapping says nothing; as exports write them.
constexpr const char* kTagSeparator = "|";

std::vector<std::string> splitList(const std::string& text, const std::string& separator) {
    std::vector<std::string> out;
    if (separator.empty()) {
        out.push_back(text);
        return out;
    }
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        out.push_back(text.substr(at, end - at));
        at = end + separator.size();
    }
    return out;
}

void setField(RawItem& raw, std::string_view field, std::string value,
              const std::string& separator) {
    if (field == "reference" || field == "tags") {
        auto& list = field == "tags" ? raw.tags : raw.references;
        const bool plainTags = field == "tags" && separator.empty();
        for (std::string& entry : splitList(value, plainTags ? kTagSeparator : separator))
            if (!entry.empty())
                list.push_back(std::move(entry));
        return;
    }
    const std::pair<std::string_view, std::string*> texts[] = {
        {"id", &raw.id},           {"audio", &raw.audio},       {"text", &raw.text},
        {"task", &raw.task},       {"question", &raw.question}, {"speaker", &raw.speaker},
        {"voice", &raw.voice},     {"language", &raw.language}, {"split", &raw.split},
        {"licence", &raw.licence}, {"start", &raw.start},       {"length", &raw.length}};
    for (const auto& [name, text] : texts)
        if (name == field)
            *text = std::move(value);
}

class MappedReader : public ImportReader {
public:
    MappedReader(ColumnMapping mapping, ItemRules rules, RawChange change)
        : m_mapping(std::move(mapping)), m_rules(std::move(rules)), m_change(std::move(change)) {}

protected:
    ImportEntry finish(RawItem raw) const {
        for (const auto& [field, value] : m_mapping.fixed)
            setField(raw, field, value, m_mapping.separator);
        if (m_change)
            m_change(raw);
        return buildItem(std::move(raw), m_rules);
    }

    ColumnMapping m_mapping;
    ItemRules m_rules;
    RawChange m_change;
};

class RowsReader final : public MappedReader {
public:
    RowsReader(const fs::path& path, const TableStyle& style, std::optional<ColumnMapping> mapping,
               ItemRules rules, RawChange change)
        : MappedReader({}, std::move(rules), std::move(change)), m_rows(path, style),
          m_name(path.filename().string()) {
        m_mapping = mapping ? std::move(*mapping) : guessMapping(m_rows.columns());
        for (const auto& [field, column] : m_mapping.columns) {
            const auto index = m_rows.column(column);
            if (!index)
                throw Error(ErrorCode::Format,
                            fmt::format("{} has no column \"{}\" for {}; it has {}", path.string(),
                                        column, field, fmt::join(m_rows.columns(), ", ")));
            m_fields.emplace_back(field, *index);
        }
        if (m_mapping.columns.find("audio") == m_mapping.columns.end())
            throw Error(ErrorCode::Format,
                        fmt::format("{} has no column that looks like the path of a sound (it has "
                                    "{}); say which one it is with a mapping",
                                    path.string(), fmt::join(m_rows.columns(), ", ")));
        if (m_rows.source().wasUtf16())
            note(fmt::format("{} was read as UTF-16", m_name));
    }
    std::optional<ImportEntry> next() override {
        if (!m_rows.next(m_row))
            return std::nullopt;
        std::string place = fmt::format("{}:{}", m_name, m_row.line);
        if (!m_row.fault.empty())
            return ImportFault{std::move(place), m_row.beginning, m_row.fault};
        RawItem raw;
        raw.place = std::move(place);
        for (const auto& [field, index] : m_fields)
            setField(raw, field, std::move(m_row.fields[index]), m_mapping.separator);
        return finish(std::move(raw));
    }
    [[nodiscard]] double progress() const override { return m_rows.source().progress(); }

private:
    TableRows m_rows;
    std::string m_name;
    std::vector<std::pair<std::string, std::size_t>> m_fields;
    TableRow m_row;
};

/// A text of a JSON value; nullopt for lists and objects.
std::optional<std::string> plainText(const nlohmann::json& value) {
    if (value.is_string())
        return value.get<std::string>();
    if (value.is_null())
        return std::string();
    if (value.is_number_float())
        return fmt::format("{}", value.get<double>());
    return value.is_primitive() ? std::optional(value.dump()) : std::nullopt;
}

class ObjectsReader final : public MappedReader {
public:
    ObjectsReader(const fs::path& path, std::optional<ColumnMapping> mapping, ItemRules rules,
                  RawChange change)
        : MappedReader({}, std::move(rules), std::move(change)), m_items(path),
          m_name(path.filename().string()), m_guess(!mapping) {
        if (mapping)
            m_mapping = std::move(*mapping);
        if (m_items.source().wasUtf16())
            note(fmt::format("{} was read as UTF-16", m_name));
    }
    std::optional<ImportEntry> next() override {
        if (!m_items.next())
            return std::nullopt;
        std::string place = m_items.place(m_name);
        if (!m_items.fault().empty())
            return ImportFault{std::move(place), m_items.beginning(), m_items.fault()};
        const nlohmann::json& object = m_items.item();
        if (m_guess)
            guessFrom(object);
        RawItem raw;
        raw.place = std::move(place);
        raw.beginning =
            beginningOf(object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
        for (const auto& [field, key] : m_mapping.columns) {
            const auto found = object.find(key);
            if (found == object.end())
                continue;
            if (std::string fault = take(raw, field, *found); !fault.empty())
                return ImportFault{raw.place, raw.beginning,
                                   fmt::format("has in \"{}\" {}", key, fault)};
        }
        return finish(std::move(raw));
    }
    [[nodiscard]] double progress() const override { return m_items.source().progress(); }

private:
    /// Keys may differ from object to object, so that each is looked at.
    void guessFrom(const nlohmann::json& object) {
        std::vector<std::string> keys;
        for (const auto& [key, value] : object.items())
            keys.push_back(key);
        if (keys == m_keys)
            return;
        m_mapping.columns = guessMapping(keys).columns;
        m_keys = std::move(keys);
    }
    std::string take(RawItem& raw, std::string_view field, const nlohmann::json& value) const {
        const bool list = field == "reference" || field == "tags";
        if (list && value.is_array()) {
            auto& out = field == "tags" ? raw.tags : raw.references;
            for (const nlohmann::json& entry : value) {
                const auto text = plainText(entry);
                if (!text)
                    return "a list in a list; expected is a list of texts";
                if (!text->empty())
                    out.push_back(*text);
            }
            return {};
        }
        // The audio of a Hugging Face data set may be an object with a path.
        const auto text =
            plainText(value.is_object() && value.contains("path") ? value["path"] : value);
        if (!text)
            return "a list or an object; expected is a text";
        setField(raw, field, *text, m_mapping.separator);
        return {};
    }

    JsonItems m_items;
    std::string m_name;
    bool m_guess;
    std::vector<std::string> m_keys;
};

/// Spreadsheets of many countries write semicolons where the comma is the decimal point.
char commaOf(const fs::path& path) {
    TextSource source(path);
    std::string heading;
    bool tooLong = false;
    source.getLine(heading, kMaxHeadingBytes, tooLong);
    return heading.find(',') == std::string::npos && heading.find(';') != std::string::npos ? ';'
                                                                                            : ',';
}

TableStyle styleOf(const fs::path& path, TableKind kind, const ImportSettings& settings) {
    TableStyle style;
    style.delimiter = kind == TableKind::Commas ? commaOf(path) : '\t';
    style.quotes = kind == TableKind::Commas;
    if (settings.mapping) {
        if (!settings.mapping->delimiter.empty())
            style.delimiter = settings.mapping->delimiter[0];
        if (!settings.mapping->quotes.empty())
            style.quotes = settings.mapping->quotes == "yes";
        style.columns = settings.mapping->heading;
    }
    return style;
}

} // namespace

TableKind tableKindOf(const fs::path& path) {
    const std::string ending = path.extension().string();
    if (ending == ".jsonl" || ending == ".json" || ending == ".ndjson")
        return TableKind::Objects;
    return ending == ".csv" ? TableKind::Commas : TableKind::Tabs;
}

ImportColumns columnsOfTable(const fs::path& path, TableKind kind, const ImportSettings& settings) {
    ImportColumns found;
    if (kind == TableKind::Objects) {
        JsonItems items(path);
        for (int count = 0; count < kLookedObjects && items.next(); ++count)
            if (items.fault().empty())
                for (const auto& [key, value] : items.item().items())
                    if (std::find(found.columns.begin(), found.columns.end(), key) ==
                        found.columns.end())
                        found.columns.push_back(key);
    } else {
        found.columns = TableRows(path, styleOf(path, kind, settings)).columns();
    }
    found.mapping = settings.mapping ? *settings.mapping : guessMapping(found.columns);
    return found;
}

std::unique_ptr<ImportReader> readTable(const fs::path& path, TableKind kind,
                                        const ImportSettings& settings, ItemRules rules,
                                        const RawChange& change) {
    if (settings.mapping && !settings.mapping->audioFolder.empty() && settings.audioFolder.empty())
        rules.folder = (rules.folder / settings.mapping->audioFolder).lexically_normal();
    if (kind == TableKind::Objects)
        return std::make_unique<ObjectsReader>(path, settings.mapping, std::move(rules), change);
    return std::make_unique<RowsReader>(path, styleOf(path, kind, settings), settings.mapping,
                                        std::move(rules), change);
}

} // namespace viva
