// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/relative_position.h"

#include "core/nn/shape_check.h"

#include <cmath>

namespace viva {

torch::Tensor relativeRows(const torch::Tensor& table, std::int64_t width,
                           const RelativeAttentionConfig& config) {
    const torch::Tensor place =
        torch::arange(width, torch::TensorOptions().dtype(torch::kInt64).device(table.device()));
    const torch::Tensor distance =
        (place.unsqueeze(1) - place.unsqueeze(0)).clamp(-config.contextSize, config.contextSize) +
        config.maxPosition;
    return table.index_select(0, distance.reshape({-1})).view({width, width, config.headDim});
}

RelativeAttentionImpl::RelativeAttentionImpl(const RelativeAttentionConfig& config)
    : m_config(config) {
    const std::int64_t inner = config.heads * config.headDim;
    pre_norm = register_module("pre_norm", AffineNorm(config.dim, 1e-5));
    to_q = register_module("to_q", Affine(config.dim, inner, false));
    to_kv = register_module("to_kv", Affine(config.dim, 2 * inner, false));
    to_out = register_module("to_out", Affine(inner, config.dim));
    rel_pos_emb = register_module(
        "rel_pos_emb",
        torch::nn::Embedding(
            torch::nn::EmbeddingOptions(2 * config.maxPosition + 1, config.headDim)
                ._weight(torch::empty({2 * config.maxPosition + 1, config.headDim}))));
}

torch::Tensor RelativeAttentionImpl::splitHeads(const torch::Tensor& x,
                                                const AttentionBlocks& blocks) const {
    return x.view({blocks.blocks, blocks.width, m_config.heads, m_config.headDim})
        .transpose(1, 2)
        .reshape({blocks.blocks * m_config.heads, blocks.width, m_config.headDim});
}

torch::Tensor RelativeAttentionImpl::probabilities(const torch::Tensor& query,
                                                   const torch::Tensor& key,
                                                   const AttentionBlocks& blocks) const {
    const torch::Tensor rows =
        relativeRows(rel_pos_emb->weight, blocks.width, m_config).to(query.scalar_type());
    // One product a query position: [width, blocks * heads, headDim] x [width, headDim, width].
    const torch::Tensor positional =
        torch::bmm(query.transpose(0, 1), rows.transpose(1, 2)).transpose(0, 1);
    const double scale = 1.0 / std::sqrt(static_cast<double>(m_config.headDim));
    torch::Tensor scores =
        torch::baddbmm(positional, query, key.transpose(1, 2), scale, scale).to(torch::kFloat32);
    if (blocks.keyBias.defined())
        scores = (scores.view({blocks.blocks, m_config.heads, blocks.width, blocks.width}) +
                  blocks.keyBias)
                     .view_as(scores);
    return torch::softmax(scores, -1);
}

torch::Tensor RelativeAttentionImpl::forward(const torch::Tensor& x,
                                             const AttentionBlocks& blocks) const {
    checkShape(x, {"frames", m_config.dim}, "RelativeAttention: x");
    const torch::Tensor normed = blocks.toBlocks(pre_norm->forward(x));
    const torch::Tensor query = splitHeads(to_q->forward(normed), blocks);
    const auto keyValue = to_kv->forward(normed).chunk(2, -1);
    const torch::Tensor key = splitHeads(keyValue[0], blocks);
    const torch::Tensor value = splitHeads(keyValue[1], blocks);
    // float32 products, as transformers' math path has them; nothing changes for float32 models.
    const torch::Tensor mixed =
        torch::bmm(probabilities(query.to(torch::kFloat32), key.to(torch::kFloat32), blocks),
                   value.to(torch::kFloat32))
            .to(x.scalar_type());
    const torch::Tensor merged =
        mixed.view({blocks.blocks, m_config.heads, blocks.width, m_config.headDim})
            .transpose(1, 2)
            .reshape({blocks.blocks * blocks.width, m_config.heads * m_config.headDim});
    return to_out->forward(blocks.toRows(merged));
}

} // namespace viva
