// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/decoder_block.h"

#include "core/nn/cpu_kernels.h"

#include <algorithm>

namespace viva {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The CPU kernels as one autograd node.
class SwiGluFunction : public torch::autograd::Function<SwiGluFunction> {
public:
    static torch::Tensor forward(AutogradContext* context, const torch::Tensor& gateUp) {
        const std::int64_t rows = gateUp.size(0), width = gateUp.size(1) / 2;
        torch::Tensor y = torch::empty({rows, width}, gateUp.options());
        kernels::swiGlu(gateUp.const_data_ptr<float>(), y.mutable_data_ptr<float>(), rows, width);
        context->save_for_backward({gateUp});
        return y;
    }

    static variable_list backward(AutogradContext* context, const variable_list& grads) {
        const torch::Tensor gateUp = context->get_saved_variables()[0];
        const torch::Tensor dy = grads[0].contiguous();
        torch::Tensor dx = torch::empty_like(gateUp);
        kernels::swiGluBackward(dy.const_data_ptr<float>(), gateUp.const_data_ptr<float>(),
                                dx.mutable_data_ptr<float>(), gateUp.size(0), gateUp.size(1) / 2);
        return {dx};
    }
};

bool trainsBase(const LinearPart& part) {
    return part.weight.requires_grad() || (part.bias.defined() && part.bias.requires_grad());
}

/// Rows stacked and adapters folded in by operators that autograd follows: for training the base
/// itself.
LinearPart foldWithGraph(const std::vector<LinearPart>& parts) {
    std::vector<torch::Tensor> weights;
    for (const LinearPart& part : parts)
        weights.push_back(mergedWeight(part));
    return {weights.size() == 1 ? weights[0] : torch::cat(weights, 0), {}, {}};
}

/// The same for frozen weights: values only, with the adapters listed for their gradients. That is
/// four thin products a backward instead of one as large as the forward.
LinearPart foldFrozen(const std::vector<LinearPart>& parts) {
    LinearPart folded;
    folded.folded = true;
    const bool graph = torch::GradMode::is_enabled();
    bool changed = false;
    std::vector<torch::Tensor> weights;
    std::int64_t row = 0;
    for (const LinearPart& part : parts) {
        const torch::NoGradGuard guard;
        changed = changed || !part.adapters.empty();
        weights.push_back(mergedWeight(part));
        for (const LowRank& adapter : part.adapters)
            if (graph && (adapter.a.requires_grad() || adapter.b.requires_grad())) {
                folded.adapters.push_back(adapter);
                folded.adapters.back().row = row;
            }
        row += part.weight.size(0);
    }
    const torch::Tensor packed = changed ? torch::Tensor() : packedView(weights);
    folded.weight = packed.defined()      ? packed
                    : weights.size() == 1 ? weights[0].detach()
                                          : torch::cat(weights, 0);
    return folded;
}

/// Several linear layers of one input as one part.
LinearPart fold(const std::vector<LinearPart>& parts) {
    std::vector<torch::Tensor> biases;
    for (const LinearPart& part : parts)
        if (part.bias.defined())
            biases.push_back(part.bias);
    LinearPart folded = std::any_of(parts.begin(), parts.end(), trainsBase) ? foldWithGraph(parts)
                                                                            : foldFrozen(parts);
    if (!biases.empty())
        folded.bias = torch::cat(biases, 0);
    return folded;
}

} // namespace

DecoderAttentionImpl::DecoderAttentionImpl(const TextConfig& config) {
    const std::int64_t h = config.hiddenSize, d = config.headDim;
    const bool bias = config.attentionBias;
    q_proj = register_module("q_proj", LoraLinear(h, config.numAttentionHeads * d, bias));
    k_proj = register_module("k_proj", LoraLinear(h, config.numKeyValueHeads * d, bias));
    v_proj = register_module("v_proj", LoraLinear(h, config.numKeyValueHeads * d, bias));
    o_proj = register_module("o_proj", LoraLinear(config.numAttentionHeads * d, h, bias));
}

DecoderMlpImpl::DecoderMlpImpl(const TextConfig& config) {
    const std::int64_t h = config.hiddenSize, width = config.intermediateSize;
    gate_proj = register_module("gate_proj", LoraLinear(h, width, config.mlpBias));
    up_proj = register_module("up_proj", LoraLinear(h, width, config.mlpBias));
    down_proj = register_module("down_proj", LoraLinear(width, h, config.mlpBias));
}

DecoderBlockImpl::DecoderBlockImpl(const TextConfig& config) {
    input_layernorm =
        register_module("input_layernorm", RmsNorm(config.hiddenSize, config.rmsNormEps));
    self_attn = register_module("self_attn", DecoderAttention(config));
    post_attention_layernorm =
        register_module("post_attention_layernorm", RmsNorm(config.hiddenSize, config.rmsNormEps));
    mlp = register_module("mlp", DecoderMlp(config));
}

LayerWeights DecoderBlockImpl::weights(AdapterState state, bool merge) const {
    LayerWeights result;
    result.inputNorm = input_layernorm->weight;
    result.postAttentionNorm = post_attention_layernorm->weight;
    result.qkv = {self_attn->q_proj->part(state), self_attn->k_proj->part(state),
                  self_attn->v_proj->part(state)};
    result.out = self_attn->o_proj->part(state);
    result.gateUp = {mlp->gate_proj->part(state), mlp->up_proj->part(state)};
    result.down = mlp->down_proj->part(state);
    if (!merge)
        return result;
    result.qkv = {fold(result.qkv)};
    result.out = fold({result.out});
    result.gateUp = {fold(result.gateUp)};
    result.down = fold({result.down});
    return result;
}

void DecoderBlockImpl::pack() {
    packRows({&self_attn->q_proj->weight, &self_attn->k_proj->weight, &self_attn->v_proj->weight});
    packRows({&mlp->gate_proj->weight, &mlp->up_proj->weight});
}

torch::Tensor swiGlu(const torch::Tensor& gateUp) {
    if (gateUp.device().is_cpu() && gateUp.scalar_type() == torch::kFloat32)
        return SwiGluFunction::apply(gateUp.contiguous());
    const std::int64_t width = gateUp.size(1) / 2;
    return torch::silu(gateUp.narrow(1, 0, width)) * gateUp.narrow(1, width, width);
}

AttentionResult runDecoderLayer(const LayerWeights& weights, const torch::Tensor& x,
                                const DecoderLayerCall& call) {
    const TextConfig& config = call.config;
    const AttentionShape shape{config.numAttentionHeads, config.numKeyValueHeads, config.headDim,
                               config.attentionMultiplier};
    const torch::Tensor normed = rmsNorm(x, weights.inputNorm, config.rmsNormEps);
    AttentionResult attended = ropeAttention(projectParts(normed, weights.qkv), call.rows, shape,
                                             call.rope, call.prefix, call.wantKeysValues);
    torch::Tensor residual = x;
    if (call.outputTokens.defined()) {
        residual = x.index_select(0, call.outputTokens);
        attended.output = attended.output.index_select(0, call.outputTokens);
    }
    residual = projectOnto(residual, attended.output, weights.out, config.residualMultiplier);
    const torch::Tensor inner = rmsNorm(residual, weights.postAttentionNorm, config.rmsNormEps);
    attended.output = projectOnto(residual, swiGlu(projectParts(inner, weights.gateUp)),
                                  weights.down, config.residualMultiplier);
    return attended;
}

} // namespace viva
