// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/reward_spec.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/config/reward_spec_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <map>

namespace viva {

using Json = nlohmann::json;

std::vector<std::string> rewardLabels(const std::vector<RewardSpec>& rewards) {
    std::vector<std::string> labels;
    std::map<std::string, int> seen;
    for (const RewardSpec& reward : rewards) {
        const int count = ++seen[reward.name];
        labels.push_back(count == 1 ? reward.name : fmt::format("{}#{}", reward.name, count));
    }
    return labels;
}

Json rewardsToJson(const std::vector<RewardSpec>& rewards) {
    Json out = Json::array();
    for (const RewardSpec& reward : rewards) {
        Json entry{{"name", reward.name}, {"weight", reward.weight}};
        Json options = Json::parse(reward.optionsJson, nullptr, false);
        if (options.is_object() && !options.empty())
            entry["options"] = std::move(options);
        out.push_back(std::move(entry));
    }
    return out;
}

void readRewards(JsonReader& reader, std::string_view key, std::vector<RewardSpec>& rewards) {
    const Json* list = reader.raw(key);
    if (list == nullptr)
        return;
    if (!list->is_array())
        reader.fail(key, fmt::format("must be a list such as [{{\"name\": \"bleu\", "
                                     "\"weight\": 1}}], not {}",
                                     list->dump().substr(0, 60)));
    std::vector<RewardSpec> read;
    for (std::size_t i = 0; i < list->size(); ++i) {
        JsonReader entry((*list)[i], reader.origin(), fmt::format("{}[{}]", key, i));
        RewardSpec reward;
        entry.required("name", reward.name);
        entry.optional("weight", reward.weight);
        if (const Json* options = entry.raw("options")) {
            if (!options->is_object())
                entry.fail("options", "must be a JSON object");
            reward.optionsJson = options->dump();
        }
        entry.finish();
        read.push_back(std::move(reward));
    }
    rewards = std::move(read);
}

std::vector<std::string> wordsOf(std::string_view text) {
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        std::string_view word = text.substr(0, comma);
        text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
        while (word.starts_with(' '))
            word.remove_prefix(1);
        while (word.ends_with(' '))
            word.remove_suffix(1);
        if (!word.empty())
            words.emplace_back(word);
    }
    return words;
}

Json rewardsFromText(std::string_view text) {
    if (text.starts_with('['))
        return parseJson(text, "rewards");
    Json out = Json::array();
    for (const std::string& word : wordsOf(text)) {
        const std::size_t colon = word.find(':');
        Json reward{{"name", word.substr(0, colon)}, {"weight", 1.0}};
        if (colon != std::string::npos) {
            reward["weight"] = Json::parse(word.substr(colon + 1), nullptr, false);
            if (!reward["weight"].is_number())
                throw Error(ErrorCode::InvalidArgument,
                            fmt::format("rewards is \"{}\"; write names with weights, such as "
                                        "bleu:0.7,wer:0.3",
                                        text));
        }
        out.push_back(std::move(reward));
    }
    return out;
}

std::string textFromRewards(const Json& list) {
    std::vector<std::string> words;
    for (const Json& entry : list) {
        if (entry.contains("options"))
            return list.dump();
        words.push_back(
            fmt::format("{}:{}", entry["name"].get<std::string>(), entry["weight"].get<double>()));
    }
    return fmt::format("{}", fmt::join(words, ","));
}

} // namespace viva
