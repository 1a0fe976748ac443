// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/safetensors_view.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// One entry of a safetensors header, not yet checked against the data.
struct SafetensorsEntry {
    std::string name;
    TensorDtype dtype = TensorDtype::F32;
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0; ///< bytes from the start of the data
    std::uint64_t end = 0;
};

struct SafetensorsHeader {
    std::vector<SafetensorsEntry> entries; ///< sorted by name
    std::map<std::string, std::string> metadata;
};

/// Parses the JSON of a header in one pass without a document tree, so that a hostile one stays
/// cheap: depth, tensor count and ranks are bounded while reading.
/// @throws Error(Format) naming `origin` and the tensor.
[[nodiscard]] SafetensorsHeader parseSafetensorsHeader(std::string_view json,
                                                       const std::string& origin);

/// Checks every entry against its shape and dtype, and that together they fill `dataBytes` without
/// overlap or gap.
/// @throws Error(Format) naming `origin`, the tensor and both values.
void checkSafetensorsLayout(const std::vector<SafetensorsEntry>& entries, std::uint64_t dataBytes,
                            const std::string& origin);

} // namespace viva
