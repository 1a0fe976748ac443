// SPDX-License-Identifier: GPL-3.0-or-later
// Somebody's own texts, read and checked.
#include "core/base/error.h"
#include "core/corpus/text_corpus.h"
#include "core/data/importers/column_mapping.h"
#include "core/data/importers/json_items.h"
#include "core/data/importers/table_rows.h"
#include "core/data/importers/text_source.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <map>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxLineBytes = std::size_t{64} << 10U;

std::string trimmed(const std::string& text) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    return first == std::string::npos
               ? std::string()
               : text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::vector<std::string> parts(const std::string& text, const std::string& separator) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(separator, at), text.size());
        out.push_back(trimmed(text.substr(at, end - at)));
        at = end + separator.size();
    }
    return out;
}

[[noreturn]] void fail(const fs::path& path, std::size_t line, const std::string& what) {
    throw Error(ErrorCode::Format, fmt::format("{}:{}: {}", path.string(), line, what));
}

/// "name = one | two"; nothing where the line is a sentence.
std::string listName(const std::string& line) {
    const std::size_t sign = line.find('=');
    if (sign == std::string::npos)
        return {};
    std::string name = trimmed(line.substr(0, sign));
    const bool plain = std::all_of(name.begin(), name.end(), [](unsigned char c) {
        return c < 0x80 && (std::isalnum(c) != 0 || c == '_');
    });
    return plain ? name : std::string();
}

/// Every slot of a text must have a list, and every form of it must be there.
void checkSlots(const std::string& text, const std::map<std::string, std::size_t>& forms,
                const fs::path& path, std::size_t line) {
    for (std::size_t open = text.find('{'); open != std::string::npos;
         open = text.find('{', open + 1)) {
        const std::size_t close = text.find('}', open);
        if (close == std::string::npos)
            fail(path, line, "opens a brace that is never closed");
        const std::string inner = text.substr(open + 1, close - open - 1);
        const std::size_t dot = inner.find('.');
        const auto found = forms.find(inner.substr(0, dot));
        if (found == forms.end())
            fail(path, line,
                 fmt::format("has a slot {{{}}} without a list; add a line \"{} = one "
                             "| two\"",
                             inner, inner.substr(0, dot)));
        const std::string number = dot == std::string::npos ? "1" : inner.substr(dot + 1);
        if (number.size() != 1 || number[0] < '1' ||
            static_cast<std::size_t>(number[0] - '0') > found->second)
            fail(path, line,
                 fmt::format("asks for form {} of {{{}}}, whose options have {}", number,
                             inner.substr(0, dot), found->second));
    }
}

SlotList readList(const std::string& name, const std::string& line, const fs::path& path,
                  std::size_t number) {
    SlotList list{name, {}};
    for (const std::string& option : parts(line.substr(line.find('=') + 1), "|")) {
        list.options.push_back(parts(option, " / "));
        if (list.options.back().front().empty() ||
            list.options.back().size() != list.options.front().size())
            fail(path, number,
                 fmt::format("the list {} has an option \"{}\" that is empty or has other forms "
                             "than the first one",
                             name, option));
    }
    return list;
}

SpokenTexts readPlain(const fs::path& path) {
    TextSource source(path);
    SpokenTexts texts;
    std::vector<std::size_t> numbers;
    std::map<std::string, std::size_t> forms;
    std::string line;
    bool tooLong = false;
    for (std::size_t number = source.line(); source.getLine(line, kMaxLineBytes, tooLong);
         number = source.line()) {
        if (tooLong)
            fail(path, number, "is too long for a sentence");
        if (const std::string fault = faultOfText(line); !fault.empty())
            fail(path, number, fault);
        if (trimmed(line).empty() || trimmed(line).front() == '#')
            continue;
        if (const std::string name = listName(line); !name.empty()) {
            texts.slots.push_back(readList(name, line, path, number));
            if (!forms.emplace(name, texts.slots.back().options.front().size()).second)
                fail(path, number, fmt::format("is the second list of the name {}", name));
            continue;
        }
        std::vector<std::string> fields = parts(line, "\t");
        if (fields.size() > 3 || fields[0].empty())
            fail(path, number,
                 "must be a text, with a question and a reference behind tabs where "
                 "there are such");
        fields.resize(3);
        texts.lines.push_back({fields[0], {}, fields[1], fields[2]});
        numbers.push_back(number);
    }
    for (std::size_t i = 0; i < texts.lines.size(); ++i) {
        const SpokenLine& own = texts.lines[i];
        for (const std::string* text : {&own.text, &own.question, &own.reference})
            checkSlots(*text, forms, path, numbers[i]);
        if (!own.question.empty() && own.reference.empty())
            fail(path, numbers[i], "has a question without a reference");
    }
    return texts;
}

/// One row of a file of pairs, by the fields of a mapping.
class PairsReader {
public:
    explicit PairsReader(const fs::path& path) : m_path(path) {}

    void add(std::size_t line, const std::map<std::string, std::string>& fields) {
        const auto field = [&](const char* name) {
            const auto found = fields.find(name);
            return found == fields.end() ? std::string() : trimmed(found->second);
        };
        SpokenLine own{field("text"), field("task"), field("question"), field("reference")};
        if (own.text.empty())
            fail(m_path, line, "has no text to speak");
        if (own.reference.empty() && (!own.question.empty() || own.task == "ast"))
            fail(m_path, line, "has no reference");
        if (!own.task.empty() && own.task != "sqa" && own.task != "ast" && own.task != "asr")
            fail(m_path, line,
                 fmt::format("has a task \"{}\"; known are sqa, ast and asr", own.task));
        if (own.task == "sqa" && own.question.empty())
            fail(m_path, line, "has no question");
        m_texts.lines.push_back(std::move(own));
    }
    SpokenTexts take() { return std::move(m_texts); }

private:
    const fs::path& m_path;
    SpokenTexts m_texts;
};

SpokenTexts readTablePairs(const fs::path& path, bool commas) {
    TableStyle style;
    style.delimiter = commas ? ',' : '\t';
    style.quotes = commas;
    TableRows rows(path, style);
    const auto columns = guessMapping(rows.columns()).columns;
    PairsReader reader(path);
    TableRow row;
    while (rows.next(row)) {
        if (!row.fault.empty())
            fail(path, row.line, row.fault);
        std::map<std::string, std::string> fields;
        for (const auto& [field, column] : columns)
            fields[field] = row.fields[*rows.column(column)];
        reader.add(row.line, fields);
    }
    return reader.take();
}

SpokenTexts readObjectPairs(const fs::path& path) {
    JsonItems items(path);
    PairsReader reader(path);
    while (items.next()) {
        if (!items.fault().empty())
            fail(path, items.line(), items.fault());
        std::vector<std::string> keys;
        for (const auto& [key, value] : items.item().items())
            keys.push_back(key);
        std::map<std::string, std::string> fields;
        for (const auto& [field, key] : guessMapping(keys).columns) {
            const nlohmann::json& value = items.item()[key];
            const nlohmann::json& first =
                value.is_array() && !value.empty() ? value.front() : value;
            if (first.is_string())
                fields[field] = first.get<std::string>();
        }
        reader.add(items.line(), fields);
    }
    return reader.take();
}

} // namespace

bool SpokenTexts::hasSlots() const {
    return std::any_of(
               lines.begin(), lines.end(),
               [](const SpokenLine& line) { return line.text.find('{') != std::string::npos; }) &&
           !slots.empty();
}

SpokenTexts SpokenTexts::load(const fs::path& path) {
    const std::string ending = path.extension().string();
    SpokenTexts texts;
    if (ending == ".jsonl" || ending == ".ndjson")
        texts = readObjectPairs(path);
    else if (ending == ".tsv" || ending == ".csv")
        texts = readTablePairs(path, ending == ".csv");
    else
        texts = readPlain(path);
    if (texts.lines.empty())
        throw Error(ErrorCode::Format,
                    fmt::format("{} has no line that could be spoken", path.string()));
    return texts;
}

} // namespace viva
