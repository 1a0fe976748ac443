// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/project/clip_import.h"
#include "core/store/clip_records.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <utility>

namespace viva {

[[nodiscard]] nlohmann::ordered_json clipJson(const ClipRecord& clip);
[[nodiscard]] nlohmann::ordered_json faultJson(const ImportFault& fault);
[[nodiscard]] nlohmann::ordered_json reportJson(const ImportReport& report);
[[nodiscard]] nlohmann::ordered_json previewJson(const ImportPreview& preview);

/// "field=value" in two. @throws Error(InvalidArgument) naming the option without "=".
[[nodiscard]] std::pair<std::string, std::string> splitPair(const std::string& text,
                                                            const char* option);
/// The beginning of a text for a table: one line, at most `width` signs.
[[nodiscard]] std::string shortText(const std::string& text, std::size_t width);

} // namespace viva
