// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder_block.h"

#include <torch/torch.h>

#include <memory>
#include <vector>

namespace viva {

/// Prompts after audio and text were merged.
struct PromptBatch {
    torch::Tensor
        embeddings; ///< [prompts, time, hidden], right-padded, **before** embedding_multiplier
    std::vector<std::int64_t> lengths; ///< true lengths, 1 .. time
};

/// All linear layers of the decoder under one AdapterState.
struct DecoderWeights {
    AdapterState state;
    bool merged = false;
    std::vector<LayerWeights> layers;
};

/// What the answers to a prompt need of it: computed once, shared by all of them.
///
/// Made with grad mode on it carries the graph: gradients of answers flow through it into adapters
/// and embeddings. One cache serves sampling (detached or under no-grad) and the update of the same
/// step.
struct PromptCache {
    std::vector<torch::Tensor> keys;   ///< per layer [prompts, kvHeads, time, headDim], rotated
    std::vector<torch::Tensor> values; ///< per layer, same shape
    torch::Tensor
        lastHidden; ///< [prompts, hidden]: after the final norm, at each prompt's last position
    std::vector<std::int64_t> lengths;
    std::shared_ptr<const DecoderWeights> weights; ///< the layers it was made with

    [[nodiscard]] std::int64_t prompts() const { return static_cast<std::int64_t>(lengths.size()); }
    /// The same values without the graph.
    [[nodiscard]] PromptCache detached() const;
};

/// How adapters are applied.
enum class MergeMode {
    Auto,    ///< fold them into the weights when these are float32 and small (under 256 MB)
    Fold,    ///< y = (W + s B A) x
    Separate ///< y = W x + s B (A x)
};

/// Embedding, layers and final norm, under the checkpoint's names ("model." below language_model).
class DecoderStackImpl : public torch::nn::Module {
public:
    explicit DecoderStackImpl(const TextConfig& config);

    torch::nn::Embedding embed_tokens{nullptr};
    torch::nn::ModuleList layers{nullptr}; ///< of DecoderBlock
    RmsNorm norm{nullptr};
};
TORCH_MODULE(DecoderStack);

/// The decoder of every family. Parameter names below "language_model." are the checkpoint's:
/// "model.*" and, when the head is not tied, "lm_head.weight".
///
/// All const methods may run on several threads at once; nothing is cached behind them. Parameters
/// are made uninitialised in float32, frozen (requires_grad off) and in eval mode: load them, then
/// call pack(). train() only matters to adapters with dropout.
class DecoderImpl : public torch::nn::Module {
public:
    explicit DecoderImpl(const TextConfig& config);

    /// ids [...] int64 to [..., hidden], **before** embedding_multiplier.
    [[nodiscard]] torch::Tensor embed(const torch::Tensor& ids) const;

    /// Hidden states after the final norm, [batch, time, hidden]; 0 behind each row's length.
    /// embeddings [batch, time, hidden] right-padded, before embedding_multiplier. `layers`, if
    /// given, receives the output of each layer in the same shape.
    [[nodiscard]] torch::Tensor hidden(const torch::Tensor& embeddings,
                                       const std::vector<std::int64_t>& lengths, AdapterState state,
                                       std::vector<torch::Tensor>* layers = nullptr,
                                       MergeMode mode = MergeMode::Auto) const;

    /// hidden [..., hidden] to [..., vocab], divided by logits_scaling. For few positions: training
    /// and sampling go through answerLogProbs and generate, which never hold all of them.
    [[nodiscard]] torch::Tensor logits(const torch::Tensor& hidden) const;

    /// Runs the prompts once. Keeps the graph when grad mode is on.
    /// @throws Error(ShapeMismatch | InvalidArgument) when embeddings and lengths do not fit.
    [[nodiscard]] PromptCache prefill(const PromptBatch& prompts, AdapterState state,
                                      MergeMode mode = MergeMode::Auto) const;

    /// The linear layers under `state`, for several passes to share.
    [[nodiscard]] std::shared_ptr<const DecoderWeights>
    weights(AdapterState state, MergeMode mode = MergeMode::Auto) const;

    /// prefill with weights made before (by weights(), on the same parameters).
    [[nodiscard]] PromptCache prefill(const PromptBatch& prompts,
                                      std::shared_ptr<const DecoderWeights> weights) const;

    /// [vocab, hidden]: lm_head, or the embedding when tied.
    [[nodiscard]] const torch::Tensor& headWeight() const;
    [[nodiscard]] const TextConfig& config() const { return m_config; }
    [[nodiscard]] const RopeTable& rope() const { return m_rope; }
    [[nodiscard]] DecoderBlockImpl& block(std::int64_t layer) const;

    /// Lays weights that are multiplied together one after the other. Call once after loading,
    /// moving or casting; everything works without it, only slower.
    void pack();

    DecoderStack model{nullptr};
    torch::nn::Linear lm_head{nullptr}; ///< empty when tied

private:
    [[nodiscard]] bool foldsByItself() const;

    TextConfig m_config;
    RopeTable m_rope;
};
TORCH_MODULE(Decoder);

} // namespace viva
