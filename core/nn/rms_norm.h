// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace viva {

/// Root-mean-square norm: y = (x * rsqrt(mean(x^2) + eps)) * weight, the mean over the last axis.
///
/// x [..., dim] in any floating dtype; weight [dim]. The bracket is computed in float32 and cast
/// back to x's dtype before the product with the weight. Differentiable in x and, where it asks for
/// a gradient, in weight.
/// @source Granite specification section 8 (transformers GraniteRMSNorm).
[[nodiscard]] torch::Tensor rmsNorm(const torch::Tensor& x, const torch::Tensor& weight,
                                    double eps);

/// Owns the weight of one norm under the name "weight".
class RmsNormImpl : public torch::nn::Module {
public:
    RmsNormImpl(std::int64_t dim, double eps);

    /// x [..., dim] to the same shape.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

    torch::Tensor weight;

private:
    double m_eps;
};
TORCH_MODULE(RmsNorm);

} // namespace viva
