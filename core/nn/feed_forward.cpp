// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/feed_forward.h"

namespace viva {

FeedForwardImpl::FeedForwardImpl(std::int64_t dim, std::int64_t innerDim) {
    pre_norm = register_module("pre_norm", AffineNorm(dim, 1e-5));
    up_proj = register_module("up_proj", Affine(dim, innerDim));
    down_proj = register_module("down_proj", Affine(innerDim, dim));
}

torch::Tensor FeedForwardImpl::forward(const torch::Tensor& x) const {
    return down_proj->forward(torch::silu(up_proj->forward(pre_norm->forward(x))));
}

} // namespace viva
