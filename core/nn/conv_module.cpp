// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/conv_module.h"

#include "core/nn/shape_check.h"

#include <algorithm>

namespace viva {

namespace {

constexpr double kBatchNormEps = 1e-5;

/// [frames, channels] with `gap` rows of zeros between the clips.
torch::Tensor withGaps(const torch::Tensor& x, const ClipRows& rows, std::int64_t gap) {
    if (rows.lengths.size() < 2 || gap == 0)
        return x;
    const torch::Tensor zeros = torch::zeros({gap, x.size(1)}, x.options());
    std::vector<torch::Tensor> pieces;
    for (const auto& clip : x.split_with_sizes(rows.lengths, 0)) {
        if (!pieces.empty())
            pieces.push_back(zeros);
        pieces.push_back(clip);
    }
    return torch::cat(pieces, 0);
}

torch::Tensor withoutGaps(const torch::Tensor& x, const ClipRows& rows, std::int64_t gap) {
    if (rows.lengths.size() < 2 || gap == 0)
        return x;
    std::vector<torch::Tensor> pieces;
    std::int64_t start = 0;
    for (const auto length : rows.lengths) {
        pieces.push_back(x.narrow(0, start, length));
        start += length + gap;
    }
    return torch::cat(pieces, 0);
}

} // namespace

DepthwiseConvImpl::DepthwiseConvImpl(std::int64_t channels, std::int64_t kernel)
    : m_left(kernel / 2), m_right(kernel / 2 - (kernel + 1) % 2) {
    auto inner = register_module("conv", std::make_shared<torch::nn::Module>());
    weight = inner->register_parameter("weight", torch::empty({channels, 1, kernel}));
}

torch::Tensor DepthwiseConvImpl::forward(const torch::Tensor& x, const ClipRows& rows) const {
    const std::int64_t gap = std::max(m_left, m_right);
    const torch::Tensor time = withGaps(x, rows, gap).t().unsqueeze(0);
    const torch::Tensor padded = torch::constant_pad_nd(time, {m_left, m_right});
    const torch::Tensor mixed =
        torch::conv1d(padded, weight, {}, 1, torch::IntArrayRef{0}, 1, weight.size(0));
    return withoutGaps(mixed.squeeze(0).t(), rows, gap);
}

FrameNormImpl::FrameNormImpl(std::int64_t channels) {
    weight = register_parameter("weight", torch::empty({channels}));
    bias = register_parameter("bias", torch::empty({channels}));
    running_mean = register_buffer("running_mean", torch::zeros({channels}));
    running_var = register_buffer("running_var", torch::ones({channels}));
    num_batches_tracked = register_buffer("num_batches_tracked", torch::zeros({}, torch::kInt64));
}

torch::Tensor FrameNormImpl::forward(const torch::Tensor& x, const NormMode& mode) const {
    if (mode.batchStatistics) {
        auto [out, mean, inverse] =
            at::native_batch_norm(x, weight, bias, {}, {}, true, 0.0, kBatchNormEps);
        if (mode.collected != nullptr)
            mode.collected->push_back(
                {mean.detach(), inverse.detach().pow(-2.0) - kBatchNormEps, x.size(0)});
        return out;
    }
    const torch::Tensor scale =
        weight.to(torch::kFloat32) * torch::rsqrt(running_var.to(torch::kFloat32) + kBatchNormEps);
    const torch::Tensor shift = bias.to(torch::kFloat32) - running_mean.to(torch::kFloat32) * scale;
    return (x * scale + shift).to(x.scalar_type());
}

ConvModuleImpl::ConvModuleImpl(std::int64_t dim, std::int64_t innerDim, std::int64_t kernel) {
    norm = register_module("norm", AffineNorm(dim, 1e-5));
    up_conv = register_module("up_conv", PointwiseConv(dim, 2 * innerDim));
    depth_conv = register_module("depth_conv", DepthwiseConv(innerDim, kernel));
    batch_norm = register_module("batch_norm", FrameNorm(innerDim));
    down_conv = register_module("down_conv", PointwiseConv(innerDim, dim));
}

torch::Tensor ConvModuleImpl::forward(const torch::Tensor& x, const ClipRows& rows,
                                      const NormMode& mode) const {
    checkShape(x, {rows.frames(), "dim"}, "ConvModule: x");
    const torch::Tensor gated = torch::glu(up_conv->forward(norm->forward(x)), -1);
    const torch::Tensor mixed = depth_conv->forward(gated, rows);
    return down_conv->forward(torch::silu(batch_norm->forward(mixed, mode)));
}

} // namespace viva
