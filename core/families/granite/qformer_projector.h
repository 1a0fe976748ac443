// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/config/granite_config.h"
#include "core/nn/packed_clips.h"
#include "core/nn/plain_layers.h"

#include <vector>

namespace viva {

/// Attention of the Q-Former without its output projection: names "query", "key", "value".
class QFormerAttentionImpl : public torch::nn::Module {
public:
    QFormerAttentionImpl(std::int64_t dim, std::int64_t keyDim, std::int64_t heads);

    /// x [batch or 1, queries, dim], source [batch, places, keyDim] to [batch, queries, dim].
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& source) const;

    Affine query{nullptr};
    Affine key{nullptr};
    Affine value{nullptr};

private:
    [[nodiscard]] torch::Tensor splitHeads(const torch::Tensor& x) const;

    std::int64_t m_heads;
};
TORCH_MODULE(QFormerAttention);

/// LayerNorm(dense(x) + residual): names "dense" and "LayerNorm".
class QFormerOutputImpl : public torch::nn::Module {
public:
    QFormerOutputImpl(std::int64_t inner, std::int64_t dim, double eps);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x,
                                        const torch::Tensor& residual) const;

    Affine dense{nullptr};
    AffineNorm LayerNorm{nullptr};
};
TORCH_MODULE(QFormerOutput);

/// Attention with its output projection: names "attention" and "output".
class QFormerAttentionPartImpl : public torch::nn::Module {
public:
    QFormerAttentionPartImpl(const ProjectorConfig& config, std::int64_t keyDim);

    [[nodiscard]] torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& source) const;

    QFormerAttention attention{nullptr};
    QFormerOutput output{nullptr};
};
TORCH_MODULE(QFormerAttentionPart);

/// One layer, BERT style (norm behind the residual): self-attention among the queries, attention to
/// the window, feed-forward with the exact GELU.
class QFormerLayerImpl : public torch::nn::Module {
public:
    QFormerLayerImpl(const ProjectorConfig& config, bool withCrossAttention);

    /// queries [batch or 1, queries, dim], windows [batch, window, encoderDim].
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& queries,
                                        const torch::Tensor& windows) const;

    QFormerAttentionPart attention{nullptr};
    QFormerAttentionPart crossattention{nullptr}; ///< empty in layers without
    Affine intermediateDense{nullptr};            ///< "intermediate_query.dense"
    QFormerOutput output_query{nullptr};
};
TORCH_MODULE(QFormerLayer);

/// Windowed Q-Former: each window of encoder frames becomes a few audio tokens of the language
/// model.
///
/// A clip is zero-padded at its end to whole windows (the zeros are attended to); every window
/// answers the same learned queries. encoded [frames, encoderDim] packed as in ClipRows to
/// [sum of tokens, hidden], clip after clip, queriesPerWindow * ceil(frames / windowSize) each.
/// Not scaled: embedding_multiplier comes in the decoder. No dropout.
/// @source Granite specification section 5; Li et al. 2023 (arXiv 2301.12597) for the Q-Former;
/// names follow the checkpoint (prefix "projector.").
class QFormerProjectorImpl : public torch::nn::Module {
public:
    explicit QFormerProjectorImpl(const GraniteConfig& config);

    /// `layerOutputs`, if given, receives each layer's output [windows, queries, dim].
    /// @throws Error(ShapeMismatch) when encoded and rows do not fit.
    [[nodiscard]] torch::Tensor forward(const torch::Tensor& encoded, const ClipRows& rows,
                                        std::vector<torch::Tensor>* layerOutputs = nullptr) const;

    /// [frames, encoderDim] to [windows, windowSize, encoderDim], zero-padded clip by clip.
    [[nodiscard]] torch::Tensor toWindows(const torch::Tensor& encoded, const ClipRows& rows) const;
    /// The queries after their LayerNorm, [1, queries, dim].
    [[nodiscard]] torch::Tensor startQueries() const;
    [[nodiscard]] QFormerLayerImpl& layer(std::int64_t index) const;
    [[nodiscard]] std::int64_t layerCount() const {
        return static_cast<std::int64_t>(m_layers.size());
    }
    /// [windows, queries, dim] to [windows * queries, hidden].
    [[nodiscard]] torch::Tensor toTokens(const torch::Tensor& queries) const;

    torch::Tensor query; ///< [1, queries, dim]
    AffineNorm layernorm{nullptr};
    Affine linear{nullptr};

private:
    std::int64_t m_windowSize;
    std::vector<QFormerLayerImpl*> m_layers;
};
TORCH_MODULE(QFormerProjector);

} // namespace viva
