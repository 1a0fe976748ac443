// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder.h"

#include "core/base/error.h"
#include "core/config/memory_limits.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

constexpr std::int64_t kRopePositionsKept = 8192;

TokenRows rowsOf(const std::vector<std::int64_t>& lengths) {
    TokenRows rows;
    for (const std::int64_t length : lengths)
        rows.append(length);
    return rows;
}

void checkBatch(const torch::Tensor& embeddings, const std::vector<std::int64_t>& lengths,
                std::int64_t hiddenSize, const char* what) {
    if (embeddings.dim() != 3 || embeddings.size(2) != hiddenSize ||
        embeddings.size(0) != static_cast<std::int64_t>(lengths.size()))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("{}: embeddings {} and {} lengths do not make [rows, time, {}]",
                                what, shapeText(embeddings.sizes()), lengths.size(), hiddenSize));
    if (lengths.empty())
        throw Error(ErrorCode::InvalidArgument, fmt::format("{}: the batch has no rows", what));
    for (const std::int64_t length : lengths)
        if (length < 1 || length > embeddings.size(1))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("{}: a row of length {} in a batch {} positions long; lengths "
                                    "run from 1 to that",
                                    what, length, embeddings.size(1)));
}

/// Token numbers in the flattened [rows, time] of a padded batch.
torch::Tensor paddedPlaces(const std::vector<std::int64_t>& lengths, std::int64_t time) {
    std::vector<std::int64_t> places;
    for (std::size_t r = 0; r < lengths.size(); ++r)
        for (std::int64_t t = 0; t < lengths[r]; ++t)
            places.push_back(static_cast<std::int64_t>(r) * time + t);
    return torch::tensor(places, torch::kInt64);
}

/// [rows, time, dim] to [tokens, dim] without padding.
torch::Tensor withoutPadding(const torch::Tensor& x, const std::vector<std::int64_t>& lengths) {
    const torch::Tensor flat = x.reshape({-1, x.size(2)});
    const bool full = std::all_of(lengths.begin(), lengths.end(),
                                  [&](std::int64_t length) { return length == x.size(1); });
    if (full)
        return flat;
    return flat.index_select(0, paddedPlaces(lengths, x.size(1)).to(x.device()));
}

/// [tokens, dim] to [rows, time, dim], 0 in padding.
torch::Tensor withPadding(const torch::Tensor& x, const std::vector<std::int64_t>& lengths,
                          std::int64_t time) {
    const auto rows = static_cast<std::int64_t>(lengths.size());
    return torch::zeros({rows * time, x.size(1)}, x.options())
        .index_copy(0, paddedPlaces(lengths, time).to(x.device()), x)
        .view({rows, time, x.size(1)});
}

} // namespace

PromptCache PromptCache::detached() const {
    PromptCache copy = *this;
    for (torch::Tensor& tensor : copy.keys)
        tensor = tensor.detach();
    for (torch::Tensor& tensor : copy.values)
        tensor = tensor.detach();
    copy.lastHidden = lastHidden.detach();
    return copy;
}

DecoderStackImpl::DecoderStackImpl(const TextConfig& config) {
    embed_tokens = register_module(
        "embed_tokens",
        torch::nn::Embedding(torch::nn::EmbeddingOptions(config.vocabSize, config.hiddenSize)
                                 ._weight(torch::empty({config.vocabSize, config.hiddenSize}))));
    embed_tokens->weight.set_requires_grad(false);
    layers = register_module("layers", torch::nn::ModuleList());
    for (std::int64_t i = 0; i < config.numHiddenLayers; ++i)
        layers->push_back(DecoderBlock(config));
    norm = register_module("norm", RmsNorm(config.hiddenSize, config.rmsNormEps));
}

DecoderImpl::DecoderImpl(const TextConfig& config)
    : m_config(config), m_rope(config.headDim, config.ropeTheta,
                               std::min(config.maxPositionEmbeddings, kRopePositionsKept)) {
    model = register_module("model", DecoderStack(config));
    if (!config.tieWordEmbeddings) {
        lm_head = register_module(
            "lm_head",
            torch::nn::Linear(
                torch::nn::LinearOptions(config.hiddenSize, config.vocabSize).bias(false)));
        lm_head->weight.set_requires_grad(false);
    }
    eval(); // not packed: that would touch memory that loading is about to give away
}

torch::Tensor DecoderImpl::embed(const torch::Tensor& ids) const {
    return torch::embedding(model->embed_tokens->weight,
                            ids.to(model->embed_tokens->weight.device()));
}

torch::Tensor DecoderImpl::hidden(const torch::Tensor& embeddings,
                                  const std::vector<std::int64_t>& lengths, AdapterState state,
                                  std::vector<torch::Tensor>* layers, MergeMode mode) const {
    checkBatch(embeddings, lengths, m_config.hiddenSize, "Decoder::hidden");
    const TokenRows rows = rowsOf(lengths);
    const auto decoderWeights = weights(state, mode);
    torch::Tensor x = withoutPadding(embeddings, lengths) * m_config.embeddingMultiplier;
    for (const LayerWeights& layer : decoderWeights->layers) {
        x = runDecoderLayer(layer, x, {rows, m_config, m_rope, nullptr, false, {}}).output;
        if (layers != nullptr)
            layers->push_back(withPadding(x, lengths, embeddings.size(1)));
    }
    return withPadding(model->norm->forward(x), lengths, embeddings.size(1));
}

torch::Tensor DecoderImpl::logits(const torch::Tensor& hidden) const {
    return torch::linear(hidden, headWeight()) / m_config.logitsScaling;
}

PromptCache DecoderImpl::prefill(const PromptBatch& prompts, AdapterState state,
                                 MergeMode mode) const {
    return prefill(prompts, weights(state, mode));
}

PromptCache DecoderImpl::prefill(const PromptBatch& prompts,
                                 std::shared_ptr<const DecoderWeights> decoderWeights) const {
    checkBatch(prompts.embeddings, prompts.lengths, m_config.hiddenSize, "Decoder::prefill");
    const TokenRows rows = rowsOf(prompts.lengths);
    std::vector<std::int64_t> ends;
    for (std::int64_t r = 0; r < rows.rows(); ++r)
        ends.push_back(rows.begin(r + 1) - 1);
    const torch::Tensor last = torch::tensor(ends, torch::kInt64).to(prompts.embeddings.device());
    PromptCache cache;
    cache.lengths = prompts.lengths;
    torch::Tensor x =
        withoutPadding(prompts.embeddings, prompts.lengths) * m_config.embeddingMultiplier;
    for (std::size_t i = 0; i < decoderWeights->layers.size(); ++i) {
        const bool isLast = i + 1 == decoderWeights->layers.size();
        const DecoderLayerCall call{rows,    m_config, m_rope,
                                    nullptr, true,     isLast ? last : torch::Tensor()};
        AttentionResult result = runDecoderLayer(decoderWeights->layers[i], x, call);
        x = result.output;
        cache.keys.push_back(result.keys);
        cache.values.push_back(result.values);
    }
    if (decoderWeights->layers.empty())
        x = x.index_select(0, last);
    cache.lastHidden = model->norm->forward(x).narrow(0, 0, rows.rows());
    cache.weights = std::move(decoderWeights);
    return cache;
}

std::shared_ptr<const DecoderWeights> DecoderImpl::weights(AdapterState state,
                                                           MergeMode mode) const {
    auto decoderWeights = std::make_shared<DecoderWeights>();
    decoderWeights->state = state;
    decoderWeights->merged =
        mode == MergeMode::Fold || (mode == MergeMode::Auto && foldsByItself());
    for (std::int64_t i = 0; i < m_config.numHiddenLayers; ++i)
        decoderWeights->layers.push_back(block(i).weights(state, decoderWeights->merged));
    return decoderWeights;
}

bool DecoderImpl::foldsByItself() const {
    const torch::Tensor& weight = model->embed_tokens->weight;
    if (weight.scalar_type() != torch::kFloat32 || is_training())
        return false; // in training mode adapters may have dropout, which cannot be folded
    const std::int64_t layer =
        m_config.hiddenSize * m_config.headDim *
            (2 * m_config.numAttentionHeads + 2 * m_config.numKeyValueHeads) +
        3 * m_config.hiddenSize * m_config.intermediateSize;
    return layer * m_config.numHiddenLayers * 4 < kFoldLimitBytes;
}

const torch::Tensor& DecoderImpl::headWeight() const {
    return lm_head.is_empty() ? model->embed_tokens->weight : lm_head->weight;
}

DecoderBlockImpl& DecoderImpl::block(std::int64_t layer) const {
    return *model->layers->ptr<DecoderBlockImpl>(static_cast<std::size_t>(layer));
}

void DecoderImpl::pack() {
    for (std::int64_t i = 0; i < m_config.numHiddenLayers; ++i)
        block(i).pack();
}

} // namespace viva
