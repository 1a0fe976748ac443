// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/lora_linear.h"

#include "core/base/error.h"
#include "core/nn/shape_check.h"

#include <fmt/format.h>

namespace viva {

torch::Tensor mergedWeight(const LinearPart& part) {
    torch::Tensor weight = part.weight;
    for (const LowRank& adapter : part.adapters)
        weight =
            weight.scalar_type() == adapter.a.scalar_type()
                ? torch::addmm(weight, adapter.b, adapter.a, 1.0, adapter.scale)
                : weight +
                      (torch::mm(adapter.b, adapter.a) * adapter.scale).to(weight.scalar_type());
    return weight;
}

torch::Tensor packedView(const std::vector<torch::Tensor>& weights) {
    const torch::Tensor& first = weights[0];
    if (weights.size() == 1)
        return first;
    std::int64_t rows = 0;
    for (const torch::Tensor& weight : weights) {
        if (!weight.is_contiguous() || weight.size(1) != first.size(1) ||
            weight.storage().unsafeGetStorageImpl() != first.storage().unsafeGetStorageImpl() ||
            weight.storage_offset() != first.storage_offset() + rows * first.size(1))
            return {};
        rows += weight.size(0);
    }
    const torch::NoGradGuard guard;
    return first.detach().as_strided({rows, first.size(1)}, {first.size(1), 1},
                                     first.storage_offset());
}

void packRows(const std::vector<torch::Tensor*>& weights) {
    const torch::NoGradGuard guard;
    std::vector<torch::Tensor> values;
    for (const torch::Tensor* weight : weights)
        values.push_back(weight->detach());
    if (packedView(values).defined())
        return;
    const torch::Tensor packed = torch::cat(values, 0);
    std::int64_t row = 0;
    for (torch::Tensor* weight : weights) {
        weight->set_data(packed.narrow(0, row, weight->size(0)));
        row += weight->size(0);
    }
}

LoraLinearImpl::LoraLinearImpl(std::int64_t inFeatures, std::int64_t outFeatures, bool withBias)
    : weight(register_parameter("weight", torch::empty({outFeatures, inFeatures}), false)) {
    if (withBias)
        bias = register_parameter("bias", torch::zeros({outFeatures}), false);
}

torch::Tensor LoraLinearImpl::forward(const torch::Tensor& x, AdapterState state) const {
    std::vector<std::int64_t> sizes = x.sizes().vec();
    sizes.back() = weight.size(0);
    return projectParts(x.reshape({-1, x.size(-1)}), {part(state)}).view(sizes);
}

void LoraLinearImpl::setAdapter(AdapterSlot slot, LowRank adapter) {
    if (adapter.a.dim() != 2 || adapter.b.dim() != 2 || adapter.a.size(1) != weight.size(1) ||
        adapter.b.size(0) != weight.size(0) || adapter.a.size(0) != adapter.b.size(1))
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("LoraLinear: factors A {} and B {} do not fit weight {}",
                                shapeText(adapter.a.sizes()), shapeText(adapter.b.sizes()),
                                shapeText(weight.sizes())));
    m_adapters[static_cast<std::size_t>(slot)] = std::move(adapter);
}

void LoraLinearImpl::removeAdapter(AdapterSlot slot) {
    m_adapters[static_cast<std::size_t>(slot)] = {};
}

const LowRank* LoraLinearImpl::adapter(AdapterSlot slot) const {
    const LowRank& held = m_adapters[static_cast<std::size_t>(slot)];
    return held.a.defined() ? &held : nullptr;
}

LinearPart LoraLinearImpl::part(AdapterState state) const {
    LinearPart result{weight, bias, {}};
    const auto take = [&](AdapterSlot slot) {
        if (const LowRank* held = adapter(slot)) {
            result.adapters.push_back(*held);
            if (!is_training())
                result.adapters.back().dropout = 0.0;
        }
    };
    if (state.bundled)
        take(AdapterSlot::Bundled);
    if (state.trained)
        take(AdapterSlot::Trained);
    return result;
}

void LoraLinearImpl::to(torch::Device device, torch::Dtype dtype, bool nonBlocking) {
    Module::to(device, dtype, nonBlocking);
    moveAdapters(device);
}

void LoraLinearImpl::to(torch::Dtype dtype, bool nonBlocking) {
    Module::to(dtype, nonBlocking);
}

void LoraLinearImpl::to(torch::Device device, bool nonBlocking) {
    Module::to(device, nonBlocking);
    moveAdapters(device);
}

void LoraLinearImpl::moveAdapters(torch::Device device) {
    for (LowRank& held : m_adapters)
        for (torch::Tensor* factor : {&held.a, &held.b})
            if (factor->defined() && factor->device() != device)
                factor->set_data(
                    factor->detach().to(device)); // the same tensor, as its owners hold it
}

} // namespace viva
