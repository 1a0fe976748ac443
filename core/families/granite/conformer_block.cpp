// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/conformer_block.h"

namespace viva {

ConformerBlockImpl::ConformerBlockImpl(const EncoderConfig& config) {
    const std::int64_t dim = config.hiddenDim;
    ff1 = register_module("ff1", FeedForward(dim, dim * config.feedforwardMult));
    attn = register_module(
        "attn", RelativeAttention(RelativeAttentionConfig{dim, config.numHeads, config.dimHead,
                                                          config.contextSize, config.maxPosEmb}));
    conv = register_module(
        "conv", ConvModule(dim, dim * config.convExpansionFactor, config.convKernelSize));
    ff2 = register_module("ff2", FeedForward(dim, dim * config.feedforwardMult));
    post_norm = register_module("post_norm", AffineNorm(dim, 1e-5));
}

torch::Tensor ConformerBlockImpl::forward(const torch::Tensor& x, const ClipRows& rows,
                                          const AttentionBlocks& blocks,
                                          const NormMode& mode) const {
    torch::Tensor h = torch::add(x, ff1->forward(x), 0.5);
    h = h + attn->forward(h, blocks);
    h = h + conv->forward(h, rows, mode);
    h = torch::add(h, ff2->forward(h), 0.5);
    return post_norm->forward(h);
}

} // namespace viva
