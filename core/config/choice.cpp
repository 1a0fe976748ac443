// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/choice.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace viva {

std::string choiceProblem(std::string_view text, std::span<const std::string_view> names) {
    return fmt::format("is \"{}\"; it must be one of: {}", text, fmt::join(names, ", "));
}

void failChoice(std::string_view option, std::string_view text,
                std::span<const std::string_view> names) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{} {}", option, choiceProblem(text, names)));
}

} // namespace viva
