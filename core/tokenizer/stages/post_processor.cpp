// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/post_processor.h"

#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

/// The id of ["</s>", 2].
std::int64_t readNamedId(JsonReader& reader, std::string_view key) {
    const nlohmann::json* entry = reader.raw(key);
    if (entry == nullptr || !entry->is_array() || entry->size() != 2 ||
        !(*entry)[1].is_number_integer())
        reader.fail(key, "[token, id] is expected");
    return (*entry)[1].get<std::int64_t>();
}

std::vector<std::int64_t> templateIds(JsonReader& reader, const std::string& name) {
    const nlohmann::json* table = reader.raw("special_tokens");
    if (table == nullptr || !table->is_object() || !table->contains(name))
        reader.fail("special_tokens", fmt::format("there is no entry for \"{}\"", name));
    const nlohmann::json& entry = (*table)[name];
    if (!entry.is_object() || !entry.contains("ids") || !entry["ids"].is_array())
        reader.fail("special_tokens", fmt::format("\"{}\" has no list of ids", name));
    std::vector<std::int64_t> ids;
    for (const nlohmann::json& id : entry["ids"]) {
        if (!id.is_number_integer())
            reader.fail("special_tokens", fmt::format("an id of \"{}\" is no whole number", name));
        ids.push_back(id.get<std::int64_t>());
    }
    return ids;
}

SpecialFrame readTemplate(JsonReader& reader) {
    const nlohmann::json* single = reader.raw("single");
    if (single == nullptr || !single->is_array())
        reader.fail("single", "a list of pieces is expected");
    SpecialFrame frame;
    bool seenText = false;
    for (const nlohmann::json& piece : *single) {
        if (!piece.is_object())
            reader.fail("single", "each piece is an object, SpecialToken or Sequence");
        if (piece.contains("Sequence")) {
            if (seenText)
                reader.fail("single", "the text stands twice; one Sequence is expected");
            seenText = true;
            continue;
        }
        const nlohmann::json name =
            piece.contains("SpecialToken") && piece["SpecialToken"].is_object()
                ? piece["SpecialToken"].value("id", nlohmann::json())
                : nlohmann::json();
        if (!name.is_string())
            reader.fail("single", "a SpecialToken with a name as its id is expected");
        auto& side = seenText ? frame.after : frame.before;
        for (const std::int64_t id : templateIds(reader, name.get<std::string>()))
            side.push_back(id);
    }
    if (!seenText)
        reader.fail("single", "no Sequence: the text itself would be lost");
    return frame;
}

SpecialFrame readSequence(JsonReader& reader, const std::string& origin, const std::string& place) {
    const nlohmann::json* list = reader.raw("processors");
    if (list == nullptr || !list->is_array())
        reader.fail("processors", "a list of post-processors is expected");
    SpecialFrame frame;
    for (std::size_t i = 0; i < list->size(); ++i) {
        const SpecialFrame inner =
            readSpecialFrame((*list)[i], origin, fmt::format("{}.processors[{}]", place, i));
        frame.before.insert(frame.before.begin(), inner.before.begin(), inner.before.end());
        frame.after.insert(frame.after.end(), inner.after.begin(), inner.after.end());
    }
    return frame;
}

} // namespace

SpecialFrame readSpecialFrame(const nlohmann::json& spec, const std::string& origin,
                              const std::string& place) {
    JsonReader reader(spec, origin, place);
    std::string type;
    reader.required("type", type);
    if (type == "ByteLevel")
        return {};
    if (type == "TemplateProcessing")
        return readTemplate(reader);
    if (type == "RobertaProcessing" || type == "BertProcessing")
        return {{readNamedId(reader, "cls")}, {readNamedId(reader, "sep")}};
    if (type == "Sequence")
        return readSequence(reader, origin, place);
    reader.fail("type", fmt::format("post-processor \"{}\" is not known; known are ByteLevel, "
                                    "TemplateProcessing, RobertaProcessing, BertProcessing, "
                                    "Sequence",
                                    type));
}

} // namespace viva
