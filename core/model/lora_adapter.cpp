// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/lora_adapter.h"

#include "core/base/error.h"
#include "core/config/weight_name.h"
#include "core/model/adapter_rules.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cmath>
#include <map>

namespace viva {
namespace {

/// Linear layers of a block, in the order adapters are listed.
constexpr std::array kLinearNames{"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj",
                                  "self_attn.o_proj", "mlp.gate_proj",    "mlp.up_proj",
                                  "mlp.down_proj"};

std::shared_ptr<LoraLinearImpl> linearOf(const DecoderBlockImpl& block, std::size_t index) {
    const DecoderAttentionImpl& attention = *block.self_attn;
    const DecoderMlpImpl& mlp = *block.mlp;
    const std::array all{attention.q_proj.ptr(), attention.k_proj.ptr(), attention.v_proj.ptr(),
                         attention.o_proj.ptr(), mlp.gate_proj.ptr(),    mlp.up_proj.ptr(),
                         mlp.down_proj.ptr()};
    return all[index];
}

struct NamedLinear {
    std::string name; ///< layers.N.self_attn.q_proj
    std::shared_ptr<LoraLinearImpl> linear;
};

std::vector<NamedLinear> linearsOf(const Decoder& decoder) {
    std::vector<NamedLinear> linears;
    for (std::int64_t layer = 0; layer < decoder->config().numHiddenLayers; ++layer)
        for (std::size_t i = 0; i < kLinearNames.size(); ++i)
            linears.push_back({fmt::format("layers.{}.{}", layer, kLinearNames[i]),
                               linearOf(decoder->block(layer), i)});
    return linears;
}

void checkAdapterConfig(const AdapterConfig& config) {
    if (config.rank < 1 || !(config.alpha > 0.0) ||
        !(config.dropout >= 0.0 && config.dropout < 1.0))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("LoRA: rank {} must be 1 or more, alpha {} above 0, dropout {} at "
                                "least 0 and below 1",
                                config.rank, config.alpha, config.dropout));
}

torch::Tensor kaimingUniform(std::int64_t rank, std::int64_t in, Rng& rng) {
    torch::Tensor a = torch::empty({rank, in});
    const double bound = 1.0 / std::sqrt(static_cast<double>(in));
    auto* at = a.mutable_data_ptr<float>();
    for (std::int64_t i = 0; i < a.numel(); ++i)
        at[i] = static_cast<float>(rng.uniform(-bound, bound));
    return a;
}

} // namespace

LoraAdapter::LoraAdapter(Decoder& decoder, AdapterConfig config, AdapterSlot slot)
    : m_decoder(decoder), m_config(std::move(config)), m_slot(slot) {
    checkAdapterConfig(m_config);
}

void LoraAdapter::add(const std::string& layerName, std::shared_ptr<LoraLinearImpl> linear,
                      torch::Tensor a, torch::Tensor b, double scale) {
    const torch::Device device = linear->weight.device();
    a = a.to(device, torch::kFloat32).contiguous();
    b = b.to(device, torch::kFloat32).contiguous();
    linear->setAdapter(m_slot, {a, b, scale, m_config.dropout});
    m_names.push_back(layerName + ".lora_A");
    m_names.push_back(layerName + ".lora_B");
    m_parameters.push_back(a);
    m_parameters.push_back(b);
    m_linears.push_back(std::move(linear));
}

LoraAdapter LoraAdapter::attach(Decoder& decoder, const AdapterConfig& config, AdapterSlot slot,
                                Rng rng) {
    LoraAdapter adapter(decoder, config, slot);
    const AdapterRules rules(config);
    for (const NamedLinear& layer : linearsOf(decoder))
        if (rules.isTarget(layer.name)) {
            const torch::Tensor& weight = layer.linear->weight;
            const std::int64_t rank = rules.rankOf(layer.name);
            adapter.add(layer.name, layer.linear, kaimingUniform(rank, weight.size(1), rng),
                        torch::zeros({weight.size(0), rank}), rules.scaleOf(layer.name));
        }
    if (adapter.m_linears.empty())
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("LoRA: no layer of the decoder matches target_modules {}; name some "
                        "of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
                        config.targetRegex.empty()
                            ? fmt::format("[{}]", fmt::join(config.targetModules, ", "))
                            : "\"" + config.targetRegex + "\""));
    return adapter;
}

LoraAdapter LoraAdapter::attach(Decoder& decoder, const AdapterConfig& config, AdapterSlot slot,
                                const NamedTensors& tensors) {
    std::map<std::string, std::pair<std::string, torch::Tensor>> byName;
    for (const auto& [key, tensor] : tensors)
        if (!byName.emplace(canonicalWeightName(key), std::pair(key, tensor)).second)
            throw Error(ErrorCode::Format,
                        fmt::format("adapter: {} and another key name the same tensor", key));
    LoraAdapter adapter(decoder, config, slot);
    const AdapterRules rules(config);
    const auto take = [&](const std::string& name) {
        const auto found = byName.find(std::string(kDecoderPrefix) + name + ".weight");
        if (found == byName.end())
            return torch::Tensor();
        const torch::Tensor tensor = found->second.second;
        byName.erase(found);
        return tensor;
    };
    for (const NamedLinear& layer : linearsOf(decoder)) {
        const torch::Tensor a = take(layer.name + ".lora_A"), b = take(layer.name + ".lora_B");
        if (a.defined() != b.defined())
            throw Error(ErrorCode::Format,
                        fmt::format("adapter: {} has only one of lora_A and lora_B", layer.name));
        if (!a.defined())
            continue;
        if (const std::int64_t rank = rules.rankOf(layer.name); a.dim() != 2 || a.size(0) != rank)
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("adapter: lora_A of {} is {}, adapter_config.json says rank {}",
                                    layer.name, shapeText(a.sizes()), rank));
        adapter.add(layer.name, layer.linear, a.clone(), b.clone(), rules.scaleOf(layer.name));
    }
    if (!byName.empty())
        throw Error(
            ErrorCode::Format,
            fmt::format("adapter: {} belongs to no linear layer of this decoder ({} layers); only "
                        "the language model can have an adapter",
                        byName.begin()->second.first, decoder->config().numHiddenLayers));
    if (adapter.m_linears.empty())
        throw Error(ErrorCode::Format, "adapter: the file holds no tensors");
    return adapter;
}

LoraAdapter LoraAdapter::none(Decoder& decoder, AdapterSlot slot) {
    return {decoder, AdapterConfig(), slot};
}

std::int64_t LoraAdapter::parameterCount() const {
    std::int64_t count = 0;
    for (const torch::Tensor& parameter : m_parameters)
        count += parameter.numel();
    return count;
}

void LoraAdapter::setTrainable(bool trainable) {
    for (torch::Tensor& parameter : m_parameters)
        parameter.set_requires_grad(trainable);
}

void LoraAdapter::copyFrom(const std::vector<torch::Tensor>& values) {
    const torch::NoGradGuard guard;
    if (values.size() != m_parameters.size())
        throw Error(ErrorCode::ShapeMismatch, fmt::format("adapter: {} tensors for {} parameters",
                                                          values.size(), m_parameters.size()));
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i].sizes() != m_parameters[i].sizes())
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("adapter: {} is {}, the values are {}", m_names[i],
                                    shapeText(m_parameters[i].sizes()),
                                    shapeText(values[i].sizes())));
        m_parameters[i].copy_(values[i]);
    }
}

void LoraAdapter::detach() {
    for (const std::shared_ptr<LoraLinearImpl>& linear : m_linears)
        linear->removeAdapter(m_slot);
}

NamedTensors LoraAdapter::toFileTensors(AdapterKeyStyle style) const {
    const std::string prefix(style == AdapterKeyStyle::Checkpoint
                                 ? kDecoderPrefix
                                 : std::string_view("base_model.model.model.language_model."));
    NamedTensors tensors;
    for (std::size_t i = 0; i < m_parameters.size(); ++i)
        tensors.emplace_back(prefix + m_names[i] + ".weight",
                             m_parameters[i].detach().to(torch::kCPU).clone());
    return tensors;
}

void freeze(torch::nn::Module& module) {
    for (torch::Tensor& parameter : module.parameters())
        parameter.set_requires_grad(false);
}

} // namespace viva
