// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace viva {

// Layers that are made uninitialised: a checkpoint or a seeded initialisation fills them, and
// drawing numbers for billions of weights that are overwritten at once costs seconds.

/// y = x W^T + b under the names "weight" [out, in] and, where asked for, "bias" [out].
class AffineImpl : public torch::nn::Module {
public:
    AffineImpl(std::int64_t inFeatures, std::int64_t outFeatures, bool withBias = true);

    /// x [..., in] to [..., out].
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

    torch::Tensor weight;
    torch::Tensor bias; ///< undefined without one
};
TORCH_MODULE(Affine);

/// A convolution of kernel 1, stored as "weight" [out, in, 1] and "bias" [out].
class PointwiseConvImpl : public torch::nn::Module {
public:
    PointwiseConvImpl(std::int64_t inFeatures, std::int64_t outFeatures);

    /// x [frames, in] to [frames, out].
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

    torch::Tensor weight;
    torch::Tensor bias;
};
TORCH_MODULE(PointwiseConv);

/// Layer normalisation over the last axis under the names "weight" and "bias", both [dim].
class AffineNormImpl : public torch::nn::Module {
public:
    AffineNormImpl(std::int64_t dim, double eps);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

    torch::Tensor weight;
    torch::Tensor bias;

private:
    double m_eps;
};
TORCH_MODULE(AffineNorm);

} // namespace viva
