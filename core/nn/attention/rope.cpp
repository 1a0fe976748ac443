// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/rope.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

std::pair<torch::Tensor, torch::Tensor> makeTables(std::int64_t headDim, double theta,
                                                   std::int64_t positions) {
    const torch::NoGradGuard guard;
    const std::int64_t half = headDim / 2;
    torch::Tensor cos = torch::empty({positions, half}, torch::kFloat32);
    torch::Tensor sin = torch::empty({positions, half}, torch::kFloat32);
    auto* cosAt = cos.mutable_data_ptr<float>();
    auto* sinAt = sin.mutable_data_ptr<float>();
    for (std::int64_t i = 0; i < half; ++i) {
        const auto frequency = static_cast<float>(
            1.0 / std::pow(theta, static_cast<double>(2 * i) / static_cast<double>(headDim)));
        for (std::int64_t p = 0; p < positions; ++p) {
            const float angle = static_cast<float>(p) * frequency; // float32, as the reference
            cosAt[p * half + i] = std::cos(angle);
            sinAt[p * half + i] = std::sin(angle);
        }
    }
    return {cos, sin};
}

} // namespace

RopeTable::RopeTable(std::int64_t headDim, double theta, std::int64_t positions)
    : m_headDim(headDim), m_theta(theta) {
    if (headDim <= 0 || headDim % 2 != 0 || theta <= 0.0)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("RopeTable: headDim {} must be even and positive, theta {} positive",
                        headDim, theta));
    std::tie(m_cos, m_sin) = makeTables(headDim, theta, std::max<std::int64_t>(positions, 1));
}

std::pair<torch::Tensor, torch::Tensor> RopeTable::upTo(std::int64_t positions) const {
    if (positions > m_cos.size(0))
        return makeTables(m_headDim, m_theta, positions);
    return {m_cos.narrow(0, 0, positions), m_sin.narrow(0, 0, positions)};
}

torch::Tensor applyRope(const torch::Tensor& x, const torch::Tensor& cos,
                        const torch::Tensor& sin) {
    const torch::Tensor c = cos.to(x.options()).unsqueeze(1);
    const torch::Tensor s = sin.to(x.options()).unsqueeze(1);
    const std::int64_t half = x.size(-1) / 2;
    const torch::Tensor low = x.narrow(-1, 0, half);
    const torch::Tensor high = x.narrow(-1, half, half);
    return torch::cat({low * c - high * s, high * c + low * s}, -1);
}

} // namespace viva
