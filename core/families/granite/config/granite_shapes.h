// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"
#include "core/families/granite/config/granite_config.h"

#include <optional>
#include <string>
#include <vector>

namespace viva {

/// The published shapes of the family.
[[nodiscard]] std::vector<std::string> graniteShapeNames();

/// One of them, or fewer layers of it; "4.1-plus" and "plus" are the same. Nothing for a name that
/// is not of this family. @throws Error(InvalidArgument) for more layers than it has.
/// @source Granite specification section 2
[[nodiscard]] std::optional<GraniteConfig> graniteShape(const ModelShape& shape);

} // namespace viva
