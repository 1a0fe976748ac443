// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/shape_check.h"

#include "core/base/error.h"

#include <string>

namespace viva {

namespace {

std::string expectedText(std::initializer_list<ExpectedDim> expected) {
    std::string text = "[";
    for (const auto& dim : expected) {
        if (text.size() > 1)
            text += ", ";
        if (const auto* number = std::get_if<std::int64_t>(&dim))
            text += std::to_string(*number);
        else
            text += std::get<const char*>(dim);
    }
    return text + "]";
}

bool fits(torch::IntArrayRef sizes, std::initializer_list<ExpectedDim> expected) {
    if (sizes.size() != expected.size())
        return false;
    std::size_t axis = 0;
    for (const auto& dim : expected) {
        const auto* number = std::get_if<std::int64_t>(&dim);
        if (number != nullptr && sizes[axis] != *number)
            return false;
        ++axis;
    }
    return true;
}

} // namespace

std::string shapeText(torch::IntArrayRef sizes) {
    std::string text = "[";
    for (const auto size : sizes) {
        if (text.size() > 1)
            text += ", ";
        text += std::to_string(size);
    }
    return text + "]";
}

void checkShape(const torch::Tensor& tensor, std::initializer_list<ExpectedDim> expected,
                std::string_view name) {
    if (!tensor.defined())
        throw Error(ErrorCode::ShapeMismatch,
                    std::string(name) + " is no tensor; expected " + expectedText(expected));
    if (!fits(tensor.sizes(), expected))
        throw Error(ErrorCode::ShapeMismatch, std::string(name) + " has shape " +
                                                  shapeText(tensor.sizes()) + "; expected " +
                                                  expectedText(expected));
}

} // namespace viva
