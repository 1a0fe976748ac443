// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <initializer_list>
#include <string_view>
#include <variant>

namespace viva {

/// One dimension that is expected: a number, or a name where any size will do.
using ExpectedDim = std::variant<std::int64_t, const char*>;

/// Checks rank and sizes: checkShape(x, {"batch", "time", 256}, "ConformerEncoder: features").
/// @throws Error(ShapeMismatch) naming the tensor, its shape and the expected one.
void checkShape(const torch::Tensor& tensor, std::initializer_list<ExpectedDim> expected,
                std::string_view name);

/// "[8, 120]".
[[nodiscard]] std::string shapeText(torch::IntArrayRef sizes);

} // namespace viva
