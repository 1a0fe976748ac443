// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/plain_layers.h"

namespace viva {

/// The conformer's feed-forward part: down(SiLU(up(LayerNorm(x)))), without the residual.
///
/// x [frames, dim]. Dropout is never applied: what is frozen must not have it, and encoder training
/// masks time and mel bands instead.
/// @source Gulati et al. 2020 (arXiv 2005.08100) section 2.3; names follow the checkpoint.
class FeedForwardImpl : public torch::nn::Module {
public:
    FeedForwardImpl(std::int64_t dim, std::int64_t innerDim);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x) const;

    AffineNorm pre_norm{nullptr};
    Affine up_proj{nullptr};
    Affine down_proj{nullptr};
};
TORCH_MODULE(FeedForward);

} // namespace viva
