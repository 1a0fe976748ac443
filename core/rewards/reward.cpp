// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/reward.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace viva {

void requireReferences(std::string_view function, std::span<const std::string> references) {
    if (references.empty())
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("{}: there is no reference to compare with; give at least one", function));
}

} // namespace viva
