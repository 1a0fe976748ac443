// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/verify/golden_lines.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

namespace viva {

nlohmann::json eachGoldenLine(
    const std::filesystem::path& path,
    const std::function<void(const nlohmann::json& line, const std::string& place)>& fn) {
    std::istringstream in(readFile(path));
    nlohmann::json header;
    int number = 0;
    for (std::string text; std::getline(in, text);) {
        const std::string place = fmt::format("{}:{}", path.string(), ++number);
        if (text.empty())
            continue;
        const nlohmann::json line = parseJson(text, place);
        if (number == 1) {
            if (!line.is_object() || !line.contains("header"))
                throw Error(ErrorCode::Format,
                            fmt::format("{}: the first line has no \"header\"", place));
            header = line["header"];
            continue;
        }
        try {
            fn(line, place);
        } catch (const nlohmann::json::exception& error) {
            throw Error(ErrorCode::Format, fmt::format("{}: {}", place, error.what()));
        } catch (Error& error) {
            throw error.addContext(place);
        }
    }
    return header;
}

bool hasGoldenHeader(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::string text;
    if (!in || !std::getline(in, text))
        return false;
    const nlohmann::json line = nlohmann::json::parse(text, nullptr, false);
    return line.is_object() && line.contains("header");
}

} // namespace viva
