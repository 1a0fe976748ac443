// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/verify/losses/loss_case_torch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace viva::losses {
namespace {

double deviation(double got, double want) {
    if (std::isnan(got) && std::isnan(want))
        return 0;
    return std::abs(got - want) / (1 + std::abs(want));
}

void flatten(const json& values, std::vector<std::int64_t>& shape, std::size_t depth,
             std::vector<double>& out) {
    if (!values.is_array()) {
        out.push_back(numberOf(values));
        return;
    }
    const auto size = static_cast<std::int64_t>(values.size());
    if (shape.size() == depth)
        shape.push_back(size);
    else if (shape[depth] != size)
        throw Error(ErrorCode::Format,
                    fmt::format("a list of {} stands beside one of {}", size, shape[depth]));
    for (const json& value : values)
        flatten(value, shape, depth + 1, out);
}

} // namespace

VerifyLine& LossLines::line(const char* quantity) {
    const auto found = std::ranges::find(m_lines, quantity, &VerifyLine::quantity);
    return found != m_lines.end() ? *found : m_lines.emplace_back(VerifyLine{.quantity = quantity});
}

void LossLines::add(const char* quantity, const std::string& id, double got, double want,
                    double tolerance) {
    line(quantity).add(id, deviation(got, want), tolerance);
}

void LossLines::add(const char* quantity, const std::string& id, const torch::Tensor& got,
                    const torch::Tensor& want, double tolerance) {
    const auto a = got.detach().to(torch::kCPU, torch::kDouble).contiguous();
    if (a.sizes() != want.sizes()) {
        line(quantity).add(id, std::numeric_limits<double>::infinity(), tolerance);
        return;
    }
    const auto b = want.contiguous();
    double worst = 0;
    for (std::int64_t i = 0; i < a.numel(); ++i) {
        const double one = deviation(a.const_data_ptr<double>()[i], b.const_data_ptr<double>()[i]);
        worst = std::isnan(one) || one > worst ? one : worst;
        if (std::isnan(worst))
            break;
    }
    line(quantity).add(id, worst, tolerance);
}

void LossLines::add(const char* quantity, const std::string& id, bool equal) {
    line(quantity).add(id, equal ? 0 : 1, 0);
}

double numberOf(const json& value) {
    if (value.is_null())
        return std::numeric_limits<double>::quiet_NaN();
    return value.is_boolean() ? static_cast<double>(value.get<bool>()) : value.get<double>();
}

torch::Tensor tensorOf(const json& values, torch::ScalarType dtype) {
    std::vector<std::int64_t> shape;
    std::vector<double> flat;
    flatten(values, shape, 0, flat);
    return torch::tensor(flat, torch::kDouble).view(shape).to(dtype);
}

double LossCase::number(const char* option, double otherwise) const {
    return isNull(option) ? otherwise : numberOf(options.at(option));
}

bool LossCase::flag(const char* option) const {
    return !isNull(option) && options.at(option).get<bool>();
}

std::string LossCase::text(const char* option, const char* otherwise) const {
    return isNull(option) ? otherwise : options.at(option).get<std::string>();
}

bool LossCase::isNull(const char* option) const {
    return !options.contains(option) || options.at(option).is_null();
}

torch::Tensor LossCase::tensor(const char* input) const {
    if (!inputs.contains(input) || inputs.at(input).is_null())
        return {};
    return tensorOf(inputs.at(input), dtype);
}

torch::Tensor LossCase::wanted(const char* output) const {
    return tensorOf(outputs.at(output), torch::kDouble);
}

} // namespace viva::losses
