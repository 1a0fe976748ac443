// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/family_config.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
namespace {

/// "\"a\", \"b\" and \"c\"".
std::string quotedList(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += fmt::format("{}\"{}\"",
                            i == 0                  ? ""
                            : i + 1 == names.size() ? " and "
                                                    : ", ",
                            names[i]);
    return text;
}

} // namespace

std::size_t familyOf(const std::filesystem::path& folder) {
    if (!std::filesystem::is_directory(folder))
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} is not a folder; a model is opened by the folder that holds "
                                "its config.json",
                                folder.string()));
    const std::string file = fileInside(folder, "config.json").string();
    const auto json = readJsonFile(file);
    std::string type;
    JsonReader(json, file).required("model_type", type);
    std::vector<std::string> known;
    for (std::size_t i = 0; i < familyConfigs().size(); ++i) {
        const auto& types = familyConfigs()[i].modelTypes;
        if (std::ranges::find(types, type) != types.end())
            return i;
        known.insert(known.end(), types.begin(), types.end());
    }
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{}: model_type is \"{}\", but only {} can be opened", file, type,
                            quotedList(known)));
}

std::size_t familyOf(const ModelShape& shape) {
    std::vector<std::string> known;
    for (std::size_t i = 0; i < familyConfigs().size(); ++i) {
        const FamilyConfig& family = familyConfigs()[i];
        if (family.shape(shape))
            return i;
        known.insert(known.end(), family.shapes.begin(), family.shapes.end());
    }
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is no shape \"{}\"; known are {}",
                                                        shape.name, fmt::join(known, ", ")));
}

SpeechModelConfig readModelConfig(const std::filesystem::path& folder) {
    return familyConfigs()[familyOf(folder)].read(folder);
}

SpeechModelConfig modelShape(const ModelShape& shape) {
    return familyConfigs()[familyOf(shape)].shape(shape).value();
}

} // namespace viva
