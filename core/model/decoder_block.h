// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"
#include "core/nn/attention/attention.h"
#include "core/nn/lora_linear.h"
#include "core/nn/rms_norm.h"

#include <torch/torch.h>

namespace viva {

/// The linear layers of one block with the adapters that are on, ready to run; made once a pass by
/// DecoderImpl::weights and shared by everything that pass does.
struct LayerWeights {
    torch::Tensor inputNorm;         ///< [hidden]
    std::vector<LinearPart> qkv;     ///< q, k, v; or one part when merged
    LinearPart out;                  ///< o_proj
    torch::Tensor postAttentionNorm; ///< [hidden]
    std::vector<LinearPart> gateUp;  ///< gate, up; or one part when merged
    LinearPart down;                 ///< down_proj
};

/// The query, key, value and output layers of a block, under the checkpoint's names.
class DecoderAttentionImpl : public torch::nn::Module {
public:
    explicit DecoderAttentionImpl(const TextConfig& config);

    LoraLinear q_proj{nullptr};
    LoraLinear k_proj{nullptr};
    LoraLinear v_proj{nullptr};
    LoraLinear o_proj{nullptr};
};
TORCH_MODULE(DecoderAttention);

/// The gated feed-forward layers of a block, under the checkpoint's names.
class DecoderMlpImpl : public torch::nn::Module {
public:
    explicit DecoderMlpImpl(const TextConfig& config);

    LoraLinear gate_proj{nullptr};
    LoraLinear up_proj{nullptr};
    LoraLinear down_proj{nullptr};
};
TORCH_MODULE(DecoderMlp);

/// One causal layer: owns the parameters; the computation is runDecoderLayer.
class DecoderBlockImpl : public torch::nn::Module {
public:
    explicit DecoderBlockImpl(const TextConfig& config);

    /// The linear layers under `state`; with `merge`, adapters are folded into packed weights
    /// (differentiable in the adapters).
    [[nodiscard]] LayerWeights weights(AdapterState state, bool merge) const;
    /// Lays q, k, v and gate, up one after the other, see packRows.
    void pack();

    RmsNorm input_layernorm{nullptr};
    DecoderAttention self_attn{nullptr};
    RmsNorm post_attention_layernorm{nullptr};
    DecoderMlp mlp{nullptr};
};
TORCH_MODULE(DecoderBlock);

/// SiLU(gate) * up for gateUp [tokens, 2 * width], gate in the first half: [tokens, width].
[[nodiscard]] torch::Tensor swiGlu(const torch::Tensor& gateUp);

/// What a block needs beside its weights and its input.
struct DecoderLayerCall {
    const TokenRows& rows;
    const TextConfig& config;
    const RopeTable& rope;
    const SharedPrefix* prefix = nullptr;
    bool wantKeysValues = false;
    /// int64 token numbers; if given, only these leave the layer (the last layer of a prompt needs
    /// its last position only; keys and values are made of all).
    torch::Tensor outputTokens;
};

/// x + m * Attn(RMS(x)), then + m * MLP(RMS(x)), m = residualMultiplier.
/// x [tokens, hidden] without padding; the result's output is [tokens or outputTokens, hidden].
/// @source Granite specification section 8.
[[nodiscard]] AttentionResult runDecoderLayer(const LayerWeights& weights, const torch::Tensor& x,
                                              const DecoderLayerCall& call);

} // namespace viva
