// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/json_reader.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace viva::golden {

inline std::filesystem::path features() {
    return std::filesystem::path(VIVA_GOLDEN_DIR) / "features";
}

/// The lines of a JSON-lines file without its provenance line.
inline std::vector<nlohmann::json> lines(const std::filesystem::path& path) {
    std::vector<nlohmann::json> cases;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);)
        if (nlohmann::json value = parseJson(line, path.string()); !value.contains("header"))
            cases.push_back(std::move(value));
    return cases;
}

} // namespace viva::golden
