// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/atomic_file.h"
#include "core/base/json_reader.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <filesystem>
#include <sstream>
#include <string>
#include <vector>

namespace viva::testing_support {

struct GoldenFile {
    nlohmann::json header;
    std::vector<nlohmann::json> lines;
};

inline GoldenFile readMetric(const std::string& name) {
    const auto path = std::filesystem::path(VIVA_GOLDEN_DIR) / "metrics" / name;
    std::istringstream in(readFile(path));
    GoldenFile file;
    for (std::string line; std::getline(in, line);)
        file.lines.push_back(parseJson(line, path.string()));
    file.header = file.lines.at(0).at("header");
    file.lines.erase(file.lines.begin());
    return file;
}

inline void expectClose(double got, double want, const std::string& where) {
    EXPECT_LE(std::abs(got - want), 1e-9 * std::max(std::abs(got), std::abs(want)))
        << where << ": got " << got << ", stored " << want;
}

} // namespace viva::testing_support
