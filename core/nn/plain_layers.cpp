// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/plain_layers.h"

namespace viva {

AffineImpl::AffineImpl(std::int64_t inFeatures, std::int64_t outFeatures, bool withBias) {
    weight = register_parameter("weight", torch::empty({outFeatures, inFeatures}));
    if (withBias)
        bias = register_parameter("bias", torch::empty({outFeatures}));
}

torch::Tensor AffineImpl::forward(const torch::Tensor& x) const {
    return torch::linear(x, weight, bias);
}

PointwiseConvImpl::PointwiseConvImpl(std::int64_t inFeatures, std::int64_t outFeatures) {
    weight = register_parameter("weight", torch::empty({outFeatures, inFeatures, 1}));
    bias = register_parameter("bias", torch::empty({outFeatures}));
}

torch::Tensor PointwiseConvImpl::forward(const torch::Tensor& x) const {
    return torch::linear(x, weight.squeeze(2), bias);
}

AffineNormImpl::AffineNormImpl(std::int64_t dim, double eps) : m_eps(eps) {
    weight = register_parameter("weight", torch::empty({dim}));
    bias = register_parameter("bias", torch::empty({dim}));
}

torch::Tensor AffineNormImpl::forward(const torch::Tensor& x) const {
    return torch::layer_norm(x, {weight.size(0)}, weight, bias, m_eps);
}

} // namespace viva
