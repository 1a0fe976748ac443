// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/config/reward_spec_json.h"
#include "core/config/train_option.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <map>
#include <optional>

namespace viva {
namespace {

using Json = nlohmann::json;

/// "lora.r" stands in the object lora as r; plain keys stand in the configuration itself.
struct Place {
    std::string_view object;
    std::string_view key;
};

Place placeOf(std::string_view key) {
    const std::size_t dot = key.find('.');
    if (dot == std::string_view::npos)
        return {{}, key};
    return {key.substr(0, dot), key.substr(dot + 1)};
}

Json jsonOf(const OptionValue& value) {
    return std::visit(
        [](const auto& held) {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::vector<RewardSpec>>)
                return rewardsToJson(held);
            else
                return Json(held);
        },
        value);
}

/// Takes a value as if it stood in a file: same types, same sentences.
void readOption(TrainConfig& config, const TrainOption& option, Json value,
                const std::string& origin) {
    const Place place = placeOf(option.key);
    Json object = Json::object();
    object[std::string(place.key)] = std::move(value);
    JsonReader reader(object, origin, std::string(place.object));
    option.read(reader, place.key, config);
}

/// The text of an option as a JSON value of its kind.
Json valueFromText(const TrainOption& option, const OptionValue& before, std::string_view text) {
    const auto fail = [&](std::string_view expected) {
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{} is \"{}\"; it must be {}", option.key, text, expected));
    };
    if (option.kind == OptionKind::Boolean) {
        if (text == "true" || text == "yes" || text == "on" || text == "1")
            return true;
        if (text != "false" && text != "no" && text != "off" && text != "0")
            fail("true or false");
        return false;
    }
    if (option.kind == OptionKind::Integer || option.kind == OptionKind::Real) {
        Json number = Json::parse(text, nullptr, false);
        if (!number.is_number())
            fail(option.kind == OptionKind::Integer ? "a whole number" : "a number");
        return number;
    }
    if (std::holds_alternative<std::vector<RewardSpec>>(before))
        return rewardsFromText(text);
    if (std::holds_alternative<std::vector<std::string>>(before))
        return wordsOf(text);
    return std::string(text);
}

const TrainOption& requireOption(std::string_view key) {
    if (const TrainOption* option = findOption(key))
        return *option;
    // A misspelt key gets the same hint as in a file.
    Json names = Json::object();
    names[std::string(key)] = 0;
    JsonReader reader(names, "option");
    for (const TrainOption& option : trainOptions())
        reader.ignore(option.key);
    try {
        reader.finish();
    } catch (const Error& error) {
        throw Error(ErrorCode::InvalidArgument, error.what());
    }
    throw Error(ErrorCode::Internal, fmt::format("option {} is in no table", key));
}

} // namespace

Json toJson(const TrainConfig& config) {
    Json out = Json::object();
    for (const TrainOption& option : trainOptions()) {
        const Place place = placeOf(option.key);
        Json& object = place.object.empty() ? out : out[std::string(place.object)];
        object[std::string(place.key)] = jsonOf(option.get(config));
    }
    return out;
}

TrainConfig trainConfigFromJson(const Json& json, const std::string& origin,
                                const TrainConfig& base) {
    TrainConfig config = base;
    JsonReader reader(json, origin);
    reader.ignore("title"); // of a preset, see preset.h
    reader.ignore("source");
    std::map<std::string_view, std::optional<JsonReader>> nested;
    for (const TrainOption& option : trainOptions()) {
        const Place place = placeOf(option.key);
        if (place.object.empty()) {
            option.read(reader, place.key, config);
            continue;
        }
        const auto known = nested.find(place.object);
        auto& object =
            known != nested.end()
                ? known->second
                : nested.emplace(place.object, reader.object(place.object)).first->second;
        if (object)
            option.read(*object, place.key, config);
    }
    for (const auto& [name, object] : nested)
        if (object)
            object->finish();
    reader.finish();
    return config;
}

TrainConfig readTrainConfig(const std::filesystem::path& file, const TrainConfig& base) {
    return trainConfigFromJson(readJsonFile(file), file.string(), base);
}

bool sameOption(const TrainOption& option, const TrainConfig& one, const TrainConfig& other) {
    return jsonOf(option.get(one)) == jsonOf(option.get(other));
}

void setOption(TrainConfig& config, const TrainOption& option, const OptionValue& value,
               const std::string& origin) {
    readOption(config, option, jsonOf(value), origin);
}

void setOption(TrainConfig& config, std::string_view key, std::string_view text) {
    const TrainOption& option = requireOption(key);
    try {
        readOption(config, option, valueFromText(option, option.get(config), text), "option");
    } catch (const Error& error) {
        throw Error(ErrorCode::InvalidArgument, error.what());
    }
}

std::string optionText(const TrainConfig& config, std::string_view key) {
    const Json value = jsonOf(requireOption(key).get(config));
    if (value.is_string())
        return value.get<std::string>();
    if (!value.is_array())
        return value.dump();
    if (!value.empty() && value.front().is_object())
        return textFromRewards(value);
    return fmt::format("{}", fmt::join(value.get<std::vector<std::string>>(), ","));
}

} // namespace viva
