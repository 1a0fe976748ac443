// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <string>

namespace viva {

/// Calls fn(line, place) for each JSON line after the header; `place` is "file:line". Returns the
/// header. @throws Error(NotFound | Io | Format), also when the first line is no header; what `fn`
/// throws comes out with the place added.
nlohmann::json
eachGoldenLine(const std::filesystem::path& path,
               const std::function<void(const nlohmann::json& line, const std::string& place)>& fn);

/// Whether the first line of a file is a JSON object with "header".
[[nodiscard]] bool hasGoldenHeader(const std::filesystem::path& path);

} // namespace viva
