// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/grpo/reference_policy.h"

#include "core/train/tensor_copies.h"

namespace viva {
namespace {

constexpr AdapterState kAdapterOff{.bundled = true, .trained = false};

/// Layers that multiply the adapter at each pass hold its own tensors: these become copies, which
/// stay as they are while the adapter is trained.
void detachAdapters(DecoderWeights& weights) {
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

/// Puts an adapter's values back at the end, however it comes.
class KeptAdapter {
public:
    explicit KeptAdapter(LoraAdapter& adapter)
        : m_adapter(adapter), m_values(copies(adapter.parameters())) {}
    ~KeptAdapter() { m_adapter.copyFrom(m_values); }
    KeptAdapter(const KeptAdapter&) = delete;
    KeptAdapter& operator=(const KeptAdapter&) = delete;

private:
    LoraAdapter& m_adapter;
    std::vector<torch::Tensor> m_values;
};

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
    const KeptAdapter trained(m_adapter);
    m_adapter.copyFrom(m_parameters);
    auto made = std::make_shared<DecoderWeights>(*m_decoder->weights(kPolicyAdapters));
    detachAdapters(*made);
    m_weights = std::move(made);
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
