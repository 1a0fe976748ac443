// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/tokenizer_summary.h"

#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

bool flag(const nlohmann::json& spec, const char* key, bool otherwise) {
    const auto found = spec.find(key);
    return found != spec.end() && found->is_boolean() ? found->get<bool>() : otherwise;
}

std::string describe(const nlohmann::json& spec) {
    if (!spec.is_object() || !spec.contains("type") || !spec["type"].is_string())
        return "none";
    const auto type = spec["type"].get<std::string>();
    if (type == "Sequence" && spec.contains("pretokenizers") && spec["pretokenizers"].is_array()) {
        std::string text;
        for (const nlohmann::json& step : spec["pretokenizers"])
            text += (text.empty() ? "" : ", then ") + describe(step);
        return text.empty() ? "none" : text;
    }
    if (type == "ByteLevel")
        return flag(spec, "use_regex", true) ? "bytes, cut into words as GPT-2 does" : "bytes";
    if (type == "Digits")
        return flag(spec, "individual_digits", false) ? "every digit alone" : "numbers alone";
    if (type == "Split")
        return "cut by a regular expression of the file";
    return type;
}

std::size_t sizeOf(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_structured() ? found->size() : 0;
}

} // namespace

TokenizerSummary summariseTokenizer(const std::filesystem::path& tokenizerJson) {
    const nlohmann::json file = readJsonFile(tokenizerJson);
    JsonReader reader(file, tokenizerJson.string());
    TokenizerSummary summary;
    auto model = reader.object("model");
    if (!model)
        reader.fail("model", "an object is expected; this is no tokenizer.json");
    model->required("type", summary.model);
    const nlohmann::json& inner = file["model"];
    summary.vocabulary = sizeOf(inner, "vocab");
    summary.merges = sizeOf(inner, "merges");
    summary.addedTokens = sizeOf(file, "added_tokens");
    summary.preTokenizer = describe(file.value("pre_tokenizer", nlohmann::json()));
    return summary;
}

} // namespace viva
