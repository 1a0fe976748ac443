// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <string_view>

namespace viva {

/// What a JSON document may hold at most: more is taken for an attack on memory or stack.
inline constexpr std::size_t kMaxJsonDepth = 100;
inline constexpr std::size_t kMaxJsonValues = 8'000'000;

/// Builds the tree of a JSON text in one pass. A key that stands twice in one object is refused,
/// as readers would disagree on which one counts; numbers beyond a double are refused too.
/// @throws Error(Format) naming `origin` and the place.
[[nodiscard]] nlohmann::json buildJsonTree(std::string_view text, std::string_view origin);

} // namespace viva
