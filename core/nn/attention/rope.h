// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

namespace viva {

/// Cosines and sines of the rotary positions 0, 1, ... in float32; immutable after construction, so
/// that threads may share it.
///
/// angle[p, i] = p * theta^(-2i / headDim), i < headDim / 2; pair i is (x[i], x[i + headDim / 2]).
/// @source Granite specification section 8 (transformers rotate_half).
class RopeTable {
public:
    /// Tables for `positions` positions are kept; longer ones are computed when asked for.
    RopeTable(std::int64_t headDim, double theta, std::int64_t positions);

    /// {cos, sin}, each [positions, headDim / 2] float32 on the CPU.
    [[nodiscard]] std::pair<torch::Tensor, torch::Tensor> upTo(std::int64_t positions) const;

private:
    std::int64_t m_headDim;
    double m_theta;
    torch::Tensor m_cos;
    torch::Tensor m_sin;
};

/// Rotates x [tokens, heads, headDim] by its tokens' rows of cos and sin [tokens, headDim / 2].
/// Differentiable in x; the product runs in x's dtype.
[[nodiscard]] torch::Tensor applyRope(const torch::Tensor& x, const torch::Tensor& cos,
                                      const torch::Tensor& sin);

} // namespace viva
