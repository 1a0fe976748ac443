// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/reference_policy.h"

#include "core/train/tensor_copies.h"

namespace viva {
namespace {

constexpr AdapterState kAdapterOff{.bundled = true, .trained = false};

/// Maps that are multiplied at each pass hold the adapter's own tensors: these are copied.
void letGoOfAdapter(DecoderWeights& weights) {
    const auto part = [](LinearPart& linear) {
        for (auto& adapter : linear.adapters) {
            adapter.a = adapter.a.detach().clone();
            adapter.b = adapter.b.detach().clone();
        }
    };
    for (auto& layer : weights.layers) {
        for (auto* parts : {&layer.qkv, &layer.gateUp})
            for (auto& linear : *parts)
                part(linear);
        part(layer.out);
        part(layer.down);
    }
}

} // namespace

ReferencePolicy::ReferencePolicy(const ReferenceSpec& spec, Decoder decoder, LoraAdapter& adapter)
    : m_spec(spec), m_decoder(std::move(decoder)), m_adapter(adapter) {
    if (m_spec.sync)
        m_parameters = copies(adapter.parameters());
    rebuild();
}

void ReferencePolicy::rebuild() {
    const torch::NoGradGuard noGrad;
    if (!m_spec.sync) {
        m_weights = m_decoder->weights(kAdapterOff);
        return;
    }
    const auto trained = copies(m_adapter.parameters());
    m_adapter.copyFrom(m_parameters);
    auto made = std::make_shared<DecoderWeights>(*m_decoder->weights(kPolicyAdapters));
    letGoOfAdapter(*made);
    m_weights = std::move(made);
    m_adapter.copyFrom(trained);
}

void ReferencePolicy::follow(std::int64_t step) {
    if (!m_spec.sync || step % m_spec.syncSteps != 0)
        return;
    const torch::NoGradGuard noGrad;
    const auto& trained = m_adapter.parameters();
    for (std::size_t i = 0; i < m_parameters.size(); ++i)
        m_parameters[i].lerp_(trained[i].detach(), m_spec.mixupAlpha);
    rebuild();
}

void ReferencePolicy::restore(const std::vector<torch::Tensor>& parameters) {
    if (!m_spec.sync)
        return;
    m_parameters = copies(parameters);
    rebuild();
}

} // namespace viva
