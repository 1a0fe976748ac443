// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/packed_clips.h"
#include "core/nn/plain_layers.h"

namespace viva {

/// Sizes of the encoder's attention.
struct RelativeAttentionConfig {
    std::int64_t dim = 0;
    std::int64_t heads = 0;
    std::int64_t headDim = 0;
    std::int64_t contextSize = 0; ///< frames a block holds
    std::int64_t maxPosition = 0; ///< the table has 2 * maxPosition + 1 rows
};

/// Rows of a relative-position table for a block: [width, width, headDim], entry (i, j) is row
/// clamp(i - j, +-contextSize) + maxPosition; i is the query, j the key.
[[nodiscard]] torch::Tensor relativeRows(const torch::Tensor& table, std::int64_t width,
                                         const RelativeAttentionConfig& config);

/// Block-local self-attention with Shaw's relative positions, without the residual.
///
/// score[i, j] = (q_i . k_j + q_i . r[i - j]) / sqrt(headDim), softmax in float32. Attention never
/// crosses a block border; a clip's last block attends to its true frames only.
/// x [frames, dim] packed as in ClipRows; result the same shape.
/// @source Shaw et al. 2018 (arXiv 1803.02155) equation 4; names follow the checkpoint.
class RelativeAttentionImpl : public torch::nn::Module {
public:
    explicit RelativeAttentionImpl(const RelativeAttentionConfig& config);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x,
                                        const AttentionBlocks& blocks) const;

    AffineNorm pre_norm{nullptr};
    Affine to_q{nullptr};
    Affine to_kv{nullptr}; ///< keys in the first half, values in the second
    Affine to_out{nullptr};
    torch::nn::Embedding rel_pos_emb{nullptr};

private:
    /// [blocks * width, heads * headDim] to [blocks * heads, width, headDim].
    [[nodiscard]] torch::Tensor splitHeads(const torch::Tensor& x,
                                           const AttentionBlocks& blocks) const;
    /// [blocks * heads, width, width], float32.
    [[nodiscard]] torch::Tensor probabilities(const torch::Tensor& query, const torch::Tensor& key,
                                              const AttentionBlocks& blocks) const;

    RelativeAttentionConfig m_config;
};
TORCH_MODULE(RelativeAttention);

} // namespace viva
