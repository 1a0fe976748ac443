// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/importers/column_mapping.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace viva {
namespace {

using Json = nlohmann::ordered_json;

struct Synonyms {
    const char* field;
    std::vector<std::string_view> names; // the surest first
};

const std::vector<Synonyms>& synonyms() {
    static const std::vector<Synonyms> kAll{
        {"id", {"id", "utt_id", "utterance_id", "segment_id", "clip_id"}},
        {"audio",
         {"file_name", "audio", "path", "audio_path", "audio_filepath", "speech_path", "file",
          "wav", "wav_path", "filename", "clip"}},
        {"text",
         {"text", "sentence", "transcript", "transcription", "src_text", "normalized_text"}},
        {"task", {"task"}},
        {"question", {"question", "instruction", "prompt", "query"}},
        {"reference",
         {"reference", "references", "answer", "answers", "translation", "tgt_text", "target"}},
        {"speaker", {"speaker", "speaker_id", "client_id", "spk", "spk_id"}},
        {"voice", {"voice"}},
        {"language", {"language", "lang", "locale", "src_lang"}},
        {"split", {"split", "subset", "partition"}},
        {"tags", {"tags", "tag", "labels"}},
        {"licence", {"licence", "license"}},
        {"start", {"start", "offset", "start_sec"}},
        {"length", {"length", "length_sec"}}};
    return kAll;
}

std::string lower(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::map<std::string, std::string> readMap(JsonReader& reader, const char* key) {
    std::map<std::string, std::string> out;
    const nlohmann::json* object = reader.raw(key);
    if (object == nullptr || object->is_null())
        return out;
    if (!object->is_object())
        reader.fail(key, "must be an object");
    for (const auto& [field, value] : object->items()) {
        const auto& known = mappingFields();
        if (std::find(known.begin(), known.end(), field) == known.end())
            reader.fail(key, fmt::format("names a field \"{}\"; known are {}", field,
                                         fmt::join(known, ", ")));
        if (!value.is_string())
            reader.fail(key, fmt::format("must give a text for \"{}\"", field));
        out[field] = value.get<std::string>();
    }
    return out;
}

} // namespace

const std::vector<std::string>& mappingFields() {
    static const std::vector<std::string> kFields = [] {
        std::vector<std::string> out;
        for (const Synonyms& entry : synonyms())
            out.emplace_back(entry.field);
        return out;
    }();
    return kFields;
}

ColumnMapping readMapping(const std::filesystem::path& path) {
    const nlohmann::json object = readJsonFile(path);
    JsonReader reader(object, path.string());
    ColumnMapping mapping;
    mapping.columns = readMap(reader, "columns");
    mapping.fixed = readMap(reader, "fixed");
    reader.optional("delimiter", mapping.delimiter);
    bool quotes = false;
    if (reader.has("quotes")) {
        reader.optional("quotes", quotes);
        mapping.quotes = quotes ? "yes" : "no";
    }
    reader.optional("separator", mapping.separator);
    reader.optional("heading", mapping.heading);
    reader.optional("audioFolder", mapping.audioFolder);
    reader.finish();
    if (mapping.delimiter.size() > 1)
        reader.fail("delimiter", fmt::format("is \"{}\"; it must be one sign", mapping.delimiter));
    if (mapping.columns.find("audio") == mapping.columns.end())
        reader.fail("columns", "must say which column is \"audio\"");
    return mapping;
}

void writeMapping(const std::filesystem::path& path, const ColumnMapping& mapping) {
    Json object{{"columns", mapping.columns}};
    if (!mapping.fixed.empty())
        object["fixed"] = mapping.fixed;
    if (!mapping.delimiter.empty())
        object["delimiter"] = mapping.delimiter;
    if (!mapping.quotes.empty())
        object["quotes"] = mapping.quotes == "yes";
    if (!mapping.separator.empty())
        object["separator"] = mapping.separator;
    if (!mapping.heading.empty())
        object["heading"] = mapping.heading;
    if (!mapping.audioFolder.empty())
        object["audioFolder"] = mapping.audioFolder;
    writeFileAtomically(path, object.dump(2) + "\n");
}

ColumnMapping guessMapping(const std::vector<std::string>& columns) {
    ColumnMapping mapping;
    for (const Synonyms& entry : synonyms())
        for (const std::string_view name : entry.names) {
            const auto found =
                std::find_if(columns.begin(), columns.end(),
                             [&](const std::string& column) { return lower(column) == name; });
            if (found == columns.end())
                continue;
            mapping.columns[entry.field] = *found;
            break;
        }
    return mapping;
}

} // namespace viva
