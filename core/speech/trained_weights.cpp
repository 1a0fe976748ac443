// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/speech/trained_weights.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/config/weight_name.h"
#include "core/config/weight_pattern.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAdapterFile = "adapter_model.safetensors";

/// Trainable parameters only: running statistics of a norm follow no gradient.
NamedTensors parametersOf(const SpeechLm& model) {
    NamedTensors result;
    for (const auto& [prefix, module] : model.parts())
        for (const auto& item : module->named_parameters())
            result.emplace_back(prefix + item.key(), item.value());
    return result;
}

bool touches(const NamedTensors& trained, std::string_view prefix) {
    return std::ranges::any_of(
        trained, [&](const auto& weight) { return weight.first.starts_with(prefix); });
}

/// Every tensor of `to` becomes a copy of its namesake, in its dtype and place.
void takeCopies(const torch::nn::Module& from, torch::nn::Module& to) {
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

void copyBundled(const LoraLinear& from, LoraLinear to) {
    if (const LowRank* held = from->adapter(AdapterSlot::Bundled))
        to->setAdapter(AdapterSlot::Bundled, *held);
}

Decoder copyOf(const Decoder& decoder) {
    Decoder copy(decoder->config());
    takeCopies(*decoder, *copy);
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

bool holdAll(const NamedTensors& values, const torch::nn::Module* projector) {
    const auto count = std::ranges::count_if(
        values, [](const auto& weight) { return weight.first.starts_with(kProjectorPrefix); });
    return projector != nullptr && count > 0 &&
           static_cast<std::size_t>(count) == projector->named_parameters().size();
}

} // namespace

NamedTensors weightsThatFit(const SpeechLm& model, const std::vector<std::string>& patterns) {
    NamedTensors result;
    std::set<std::string> used;
    for (const auto& [name, tensor] : parametersOf(model)) {
        bool fits = false;
        for (const auto& pattern : patterns)
            if (fitsPattern(name, pattern)) {
                used.insert(pattern);
                fits = true;
            }
        if (fits)
            result.emplace_back(name, tensor);
    }
    for (const auto& pattern : patterns)
        if (!used.contains(pattern))
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("trainable: no weight of the model fits \"{}\"; names begin "
                                    "with encoder., projector. or language_model., see viva "
                                    "inspect --weights '*'",
                                    pattern));
    return result;
}

FrozenParts frozenParts(const SpeechLm& model, const NamedTensors& trained) {
    FrozenParts parts{model.encoder, model.projector, model.decoder};
    if (touches(trained, "encoder.")) {
        parts.encoder = ConformerEncoder(model.config().encoder);
        takeCopies(*model.encoder, *parts.encoder);
    }
    if (touches(trained, kProjectorPrefix)) {
        parts.projector = QFormerProjector(model.config());
        takeCopies(*model.projector, *parts.projector);
    }
    if (touches(trained, "language_model."))
        parts.decoder = copyOf(model.decoder);
    return parts;
}

void saveTrained(const LoraAdapter& adapter, const NamedTensors& values,
                 const torch::nn::Module* projector, const fs::path& folder) {
    const bool withAdapter = adapter.parameterCount() > 0;
    const bool inAdapter = withAdapter && holdAll(values, projector);
    NamedTensors beside, others;
    for (const auto& weight : values)
        (inAdapter && weight.first.starts_with(kProjectorPrefix) ? beside : others)
            .push_back(weight);
    if (withAdapter)
        saveAdapter(adapter, folder, AdapterKeyStyle::Peft, beside);
    if (!others.empty())
        saveSafetensors(folder / kTrainedWeightsFile, others, {{"format", "pt"}}, torch::kFloat32);
}

std::vector<torch::Tensor> readTrained(const fs::path& folder,
                                       const std::vector<std::string>& names) {
    std::map<std::string, torch::Tensor> stored;
    for (const char* file : {kAdapterFile, kTrainedWeightsFile})
        if (existsInside(folder, file))
            for (const auto& [key, tensor] : readSafetensors(fileInside(folder, file)))
                stored.emplace(canonicalWeightName(key), tensor);
    std::vector<torch::Tensor> values;
    for (const auto& name : names) {
        auto found = stored.find(name);
        if (found == stored.end())
            found = stored.find(std::string(kDecoderPrefix) + name + ".weight");
        if (found == stored.end())
            throw Error(ErrorCode::NotFound,
                        fmt::format("{}: {} is in no file there", folder.string(), name));
        values.push_back(found->second.to(torch::kFloat32).clone());
    }
    return values;
}

std::optional<LoraAdapter> loadTrained(SpeechLm& model, const fs::path& folder, AdapterSlot slot) {
    const bool whole = existsInside(folder, kTrainedWeightsFile);
    std::optional<LoraAdapter> adapter;
    if (!whole || existsInside(folder, "adapter_config.json"))
        adapter.emplace(loadAdapter(model.decoder, folder, slot, model.projector.get()));
    if (!whole)
        return adapter;
    const fs::path file = fileInside(folder, kTrainedWeightsFile);
    std::map<std::string, torch::Tensor> targets;
    for (auto& [name, tensor] : parametersOf(model))
        targets.emplace(name, tensor);
    const NamedTensors values = readSafetensors(file);
    for (const auto& [name, value] : values) {
        const auto target = targets.find(name);
        if (target == targets.end())
            throw Error(ErrorCode::Format,
                        fmt::format("{}: {} is no weight of this model", file.string(), name));
        if (target->second.sizes() != value.sizes())
            throw Error(ErrorCode::ShapeMismatch,
                        fmt::format("{}: {} is {}, the model's is {}", file.string(), name,
                                    shapeText(value.sizes()), shapeText(target->second.sizes())));
    }
    const torch::NoGradGuard noGrad;
    for (const auto& [name, value] : values)
        targets.at(name).copy_(value);
    return adapter;
}

} // namespace viva
