// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/qformer_projector.h"

#include "core/nn/shape_check.h"

#include <algorithm>
#include <cmath>

namespace viva {

QFormerAttentionImpl::QFormerAttentionImpl(std::int64_t dim, std::int64_t keyDim,
                                           std::int64_t heads)
    : m_heads(heads) {
    query = register_module("query", Affine(dim, dim));
    key = register_module("key", Affine(keyDim, dim));
    value = register_module("value", Affine(keyDim, dim));
}

torch::Tensor QFormerAttentionImpl::splitHeads(const torch::Tensor& x) const {
    return x.view({x.size(0), x.size(1), m_heads, x.size(2) / m_heads}).transpose(1, 2);
}

torch::Tensor QFormerAttentionImpl::forward(const torch::Tensor& x,
                                            const torch::Tensor& source) const {
    const torch::Tensor q = splitHeads(query->forward(x)).to(torch::kFloat32);
    const torch::Tensor k = splitHeads(key->forward(source)).to(torch::kFloat32);
    const torch::Tensor v = splitHeads(value->forward(source)).to(torch::kFloat32);
    const double scale = 1.0 / std::sqrt(static_cast<double>(q.size(3)));
    const torch::Tensor weights = torch::softmax(torch::matmul(q * scale, k.transpose(2, 3)), -1);
    const torch::Tensor mixed = torch::matmul(weights, v).transpose(1, 2);
    return mixed.reshape({mixed.size(0), mixed.size(1), x.size(2)}).to(x.scalar_type());
}

QFormerOutputImpl::QFormerOutputImpl(std::int64_t inner, std::int64_t dim, double eps) {
    dense = register_module("dense", Affine(inner, dim));
    LayerNorm = register_module("LayerNorm", AffineNorm(dim, eps));
}

torch::Tensor QFormerOutputImpl::forward(const torch::Tensor& x,
                                         const torch::Tensor& residual) const {
    return LayerNorm->forward(dense->forward(x) + residual);
}

QFormerAttentionPartImpl::QFormerAttentionPartImpl(const ProjectorConfig& config,
                                                   std::int64_t keyDim) {
    attention = register_module(
        "attention", QFormerAttention(config.hiddenSize, keyDim, config.numAttentionHeads));
    output = register_module(
        "output", QFormerOutput(config.hiddenSize, config.hiddenSize, config.layerNormEps));
}

torch::Tensor QFormerAttentionPartImpl::forward(const torch::Tensor& x,
                                                const torch::Tensor& source) const {
    return output->forward(attention->forward(x, source), x);
}

QFormerLayerImpl::QFormerLayerImpl(const ProjectorConfig& config, bool withCrossAttention) {
    attention = register_module("attention", QFormerAttentionPart(config, config.hiddenSize));
    if (withCrossAttention)
        crossattention = register_module("crossattention",
                                         QFormerAttentionPart(config, config.encoderHiddenSize));
    auto intermediate =
        register_module("intermediate_query", std::make_shared<torch::nn::Module>());
    intermediateDense =
        intermediate->register_module("dense", Affine(config.hiddenSize, config.intermediateSize));
    output_query =
        register_module("output_query", QFormerOutput(config.intermediateSize, config.hiddenSize,
                                                      config.layerNormEps));
}

torch::Tensor QFormerLayerImpl::forward(const torch::Tensor& queries,
                                        const torch::Tensor& windows) const {
    torch::Tensor x = attention->forward(queries, queries);
    if (crossattention)
        x = crossattention->forward(x, windows);
    return output_query->forward(torch::gelu(intermediateDense->forward(x)), x);
}

QFormerProjectorImpl::QFormerProjectorImpl(const GraniteConfig& config)
    : m_windowSize(config.windowSize) {
    const ProjectorConfig& projector = config.projector;
    query = register_parameter("query",
                               torch::empty({1, config.queriesPerWindow(), projector.hiddenSize}));
    auto qformer = register_module("qformer", std::make_shared<torch::nn::Module>());
    layernorm = qformer->register_module("layernorm",
                                         AffineNorm(projector.hiddenSize, projector.layerNormEps));
    auto encoder = qformer->register_module("encoder", std::make_shared<torch::nn::Module>());
    auto layers = encoder->register_module("layer", torch::nn::ModuleList());
    for (std::int64_t i = 0; i < projector.numHiddenLayers; ++i) {
        QFormerLayer made(projector, i % projector.crossAttentionFrequency == 0);
        layers->push_back(made);
        m_layers.push_back(made.get());
    }
    linear = register_module("linear", Affine(projector.hiddenSize, config.text.hiddenSize));
}

QFormerLayerImpl& QFormerProjectorImpl::layer(std::int64_t index) const {
    return *m_layers.at(static_cast<std::size_t>(index));
}

torch::Tensor QFormerProjectorImpl::toWindows(const torch::Tensor& encoded,
                                              const ClipRows& rows) const {
    checkShape(encoded, {rows.frames(), "encoderDim"}, "QFormerProjector: encoded");
    std::vector<torch::Tensor> pieces;
    std::int64_t start = 0;
    for (const auto length : rows.lengths) {
        pieces.push_back(encoded.narrow(0, start, length));
        start += length;
        const std::int64_t missing = (m_windowSize - length % m_windowSize) % m_windowSize;
        if (missing > 0)
            pieces.push_back(torch::zeros({missing, encoded.size(1)}, encoded.options()));
    }
    const torch::Tensor padded = pieces.size() == 1 ? pieces.front() : torch::cat(pieces, 0);
    return padded.view({-1, m_windowSize, encoded.size(1)});
}

torch::Tensor QFormerProjectorImpl::startQueries() const {
    return layernorm->forward(query);
}

torch::Tensor QFormerProjectorImpl::toTokens(const torch::Tensor& queries) const {
    return linear->forward(queries.reshape({-1, queries.size(2)}));
}

torch::Tensor QFormerProjectorImpl::forward(const torch::Tensor& encoded, const ClipRows& rows,
                                            std::vector<torch::Tensor>* layerOutputs) const {
    const torch::Tensor windows = toWindows(encoded, rows);
    // One set of queries until the first look at the windows: self-attention is the same for all.
    torch::Tensor queries = startQueries();
    for (const auto* layer : m_layers) {
        queries = layer->forward(queries, windows);
        if (layerOutputs != nullptr)
            layerOutputs->push_back(queries);
    }
    if (queries.size(0) != windows.size(0))
        queries = queries.expand({windows.size(0), -1, -1});
    return toTokens(queries);
}

} // namespace viva
