// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/frozen_copy.h"

#include "core/model/lora_adapter.h"

namespace viva {
namespace {

void copyBundled(const LoraLinear& from, LoraLinear to) {
    if (const LowRank* held = from->adapter(AdapterSlot::Bundled))
        to->setAdapter(AdapterSlot::Bundled, *held);
}

} // namespace

void copyFrozen(const torch::nn::Module& from, torch::nn::Module& to) {
    const torch::NoGradGuard noGrad;
    const auto parameters = from.named_parameters();
    for (auto& item : to.named_parameters())
        item.value().set_data(parameters[item.key()].detach().clone());
    const auto buffers = from.named_buffers();
    for (auto& item : to.named_buffers())
        item.value().set_data(buffers[item.key()].detach().clone());
    freeze(to);
    to.train(from.is_training());
}

Decoder frozenCopy(const Decoder& decoder) {
    Decoder copy(decoder->config());
    copyFrozen(*decoder, *copy);
    for (std::int64_t i = 0; i < decoder->config().numHiddenLayers; ++i) {
        const DecoderBlockImpl& from = decoder->block(i);
        const DecoderBlockImpl& to = copy->block(i);
        copyBundled(from.self_attn->q_proj, to.self_attn->q_proj);
        copyBundled(from.self_attn->k_proj, to.self_attn->k_proj);
        copyBundled(from.self_attn->v_proj, to.self_attn->v_proj);
        copyBundled(from.self_attn->o_proj, to.self_attn->o_proj);
        copyBundled(from.mlp->gate_proj, to.mlp->gate_proj);
        copyBundled(from.mlp->up_proj, to.mlp->up_proj);
        copyBundled(from.mlp->down_proj, to.mlp->down_proj);
    }
    copy->pack();
    return copy;
}

} // namespace viva
