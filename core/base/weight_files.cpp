// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/weight_files.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/base/json_reader.h"
#include "core/base/safetensors_view.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIndex = "model.safetensors.index.json";
constexpr const char* kSingle = "model.safetensors";

std::vector<WeightFile> readIndex(const fs::path& folder) {
    const fs::path index = fileInside(folder, kIndex);
    const std::string origin = index.string();
    const nlohmann::json json = readJsonFile(index);
    const auto map = json.is_object() ? json.find("weight_map") : json.end();
    if (map == json.end() || !map->is_object())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: weight_map is missing or no object", origin));
    if (map->empty() || map->size() > SafetensorsView::kMaxTensors)
        throw Error(ErrorCode::Format,
                    fmt::format("{}: weight_map lists {} tensors; from 1 to {} are read", origin,
                                map->size(), SafetensorsView::kMaxTensors));
    std::map<std::string, WeightFile> files;
    for (const auto& [name, file] : map->items()) {
        if (!file.is_string())
            throw Error(ErrorCode::Format,
                        fmt::format("{}: weight_map[\"{}\"] is {}, expected a file name", origin,
                                    name.substr(0, 200), file.type_name()));
        const auto& fileName = file.get_ref<const std::string&>();
        WeightFile& entry = files[fileName];
        if (entry.path.empty())
            entry.path = fileInside(folder, fileName, origin);
        entry.names.push_back(name);
    }
    std::vector<WeightFile> result;
    for (auto& [name, file] : files)
        result.push_back(std::move(file));
    return result;
}

/// What lies there instead of safetensors, for the sentence.
std::string whatElse(const fs::path& folder) {
    for (const char* pickle :
         {"pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth", "model.pt"})
        if (fs::exists(folder / pickle))
            return fmt::format("; {} holds Python pickles, which could run code and are not "
                               "opened: save the model as safetensors",
                               pickle);
    if (!fs::exists(folder / "config.json"))
        return "; it has no config.json either, so it is not a model's folder";
    return "; the model's weights are missing";
}

} // namespace

std::vector<WeightFile> findWeightFiles(const fs::path& folder) {
    if (existsInside(folder, kIndex))
        return readIndex(folder);
    if (existsInside(folder, kSingle))
        return {{fileInside(folder, kSingle), true, {}}};
    throw Error(ErrorCode::NotFound, fmt::format("{} holds neither {} nor {}{}", folder.string(),
                                                 kIndex, kSingle, whatElse(folder)));
}

} // namespace viva
