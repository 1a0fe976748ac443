// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/preset.h"

#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace viva {
namespace {

std::string titleFromName(std::string name) {
    if (!name.empty())
        name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
    std::ranges::replace(name, '_', ' ');
    return name;
}

} // namespace

PresetInfo presetInfo(const std::filesystem::path& file) {
    PresetInfo info;
    info.file = file;
    info.name = file.stem().string();
    info.title = titleFromName(info.name);
    try {
        const nlohmann::json json = readJsonFile(file);
        info.title = json.value("title", info.title);
        info.source = json.value("source", std::string());
    } catch (const std::exception&) {
        // Listed all the same: reading it for a run says what is wrong with it.
        return info;
    }
    return info;
}

std::vector<PresetInfo> listPresets(const std::filesystem::path& folder) {
    std::vector<PresetInfo> presets;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none))
        if (entry.path().extension() == ".json")
            presets.push_back(presetInfo(entry.path()));
    std::ranges::sort(presets, [](const PresetInfo& one, const PresetInfo& two) {
        const bool oneDemo = one.name == "demo";
        const bool twoDemo = two.name == "demo";
        return oneDemo != twoDemo ? oneDemo : one.title < two.title;
    });
    return presets;
}

std::filesystem::path presetFile(const std::filesystem::path& folder, const std::string& name) {
    std::string known;
    for (const auto& preset : listPresets(folder)) {
        if (preset.name == name)
            return preset.file;
        known += (known.empty() ? "" : ", ") + preset.name;
    }
    throw Error(ErrorCode::NotFound,
                fmt::format("there is no preset \"{}\" in {}; there are {}", name, folder.string(),
                            known.empty() ? "none" : known));
}

} // namespace viva
