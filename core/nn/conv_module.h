// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/packed_clips.h"
#include "core/nn/plain_layers.h"

#include <vector>

namespace viva {

/// Mean and biased variance that one forward saw, for the owner to fold into the running ones.
struct BatchStatistics {
    torch::Tensor mean;     ///< [channels]
    torch::Tensor variance; ///< [channels], biased
    std::int64_t frames = 0;
};

/// Which statistics BatchNorm uses. Frozen is what everything but encoder training must have.
struct NormMode {
    bool batchStatistics = false;
    std::vector<BatchStatistics>* collected = nullptr; ///< one entry a convolution, if given
};

/// Depthwise kernel under the name "conv.weight" [channels, 1, kernel], without bias.
class DepthwiseConvImpl : public torch::nn::Module {
public:
    DepthwiseConvImpl(std::int64_t channels, std::int64_t kernel);

    /// x [frames, channels] to the same shape; zeros stand before and behind every clip.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const ClipRows& rows) const;

    torch::Tensor weight;

private:
    std::int64_t m_left;  ///< kernel / 2
    std::int64_t m_right; ///< one less for an even kernel
};
TORCH_MODULE(DepthwiseConv);

/// Batch normalisation over frames under the checkpoint's names; running statistics stay float32.
class FrameNormImpl : public torch::nn::Module {
public:
    explicit FrameNormImpl(std::int64_t channels);

    /// x [frames, channels]; never changes the running statistics.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const NormMode& mode) const;

    torch::Tensor weight;
    torch::Tensor bias;
    torch::Tensor running_mean;
    torch::Tensor running_var;
    torch::Tensor num_batches_tracked;
};
TORCH_MODULE(FrameNorm);

/// The conformer's convolution part, without the residual: LayerNorm, pointwise to twice the inner
/// width, GLU (first half times sigmoid of the second), depthwise convolution over time, BatchNorm,
/// SiLU, pointwise back.
///
/// x [frames, dim] packed as in ClipRows; clips do not see each other.
/// @source Gulati et al. 2020 (arXiv 2005.08100) section 2.2; names follow the checkpoint.
class ConvModuleImpl : public torch::nn::Module {
public:
    ConvModuleImpl(std::int64_t dim, std::int64_t innerDim, std::int64_t kernel);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const ClipRows& rows,
                                        const NormMode& mode) const;

    AffineNorm norm{nullptr};
    PointwiseConv up_conv{nullptr};
    DepthwiseConv depth_conv{nullptr};
    FrameNorm batch_norm{nullptr};
    PointwiseConv down_conv{nullptr};
};
TORCH_MODULE(ConvModule);

} // namespace viva
