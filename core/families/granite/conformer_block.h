// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/config/granite_config.h"
#include "core/nn/attention/relative_position.h"
#include "core/nn/conv_module.h"
#include "core/nn/feed_forward.h"

namespace viva {

/// One Macaron conformer block: half a feed-forward step, attention, convolution, half a
/// feed-forward step, norm.
///
/// x [frames, dim] packed as in ClipRows; the same shape comes out.
/// @source Gulati et al. 2020 (arXiv 2005.08100) equation 1; names follow the checkpoint.
class ConformerBlockImpl : public torch::nn::Module {
public:
    explicit ConformerBlockImpl(const EncoderConfig& config);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const ClipRows& rows,
                                        const AttentionBlocks& blocks, const NormMode& mode) const;

    FeedForward ff1{nullptr};
    RelativeAttention attn{nullptr};
    ConvModule conv{nullptr};
    FeedForward ff2{nullptr};
    AffineNorm post_norm{nullptr};
};
TORCH_MODULE(ConformerBlock);

} // namespace viva
