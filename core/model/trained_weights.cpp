// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/trained_weights.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/config/weight_name.h"
#include "core/config/weight_pattern.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

namespace viva {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAdapterFile = "adapter_model.safetensors";

/// Parameters of what can be trained: running statistics of a norm follow no gradient.
NamedTensors parametersOf(const SpeechModel& model) {
    NamedTensors result;
    for (const SpeechPart& part : model.parts())
        if (part.names.trainable)
            for (const auto& item : part.module->named_parameters())
                result.emplace_back(part.names.prefix + item.key(), item.value());
    return result;
}

/// "encoder., projector. or language_model."
std::string prefixesOf(const SpeechModel& model) {
    std::vector<std::string> prefixes;
    for (const SpeechPart& part : model.parts())
        prefixes.push_back(part.names.prefix);
    const std::string last = prefixes.back();
    prefixes.pop_back();
    return fmt::format("{} or {}", fmt::join(prefixes, ", "), last);
}

bool touches(const NamedTensors& trained, std::string_view prefix) {
    return std::ranges::any_of(
        trained, [&](const auto& weight) { return weight.first.starts_with(prefix); });
}

bool holdAll(const NamedTensors& values, const WholeModule& whole) {
    if (whole.module == nullptr)
        return false;
    const auto count = std::ranges::count_if(
        values, [&](const auto& weight) { return weight.first.starts_with(whole.prefix); });
    return count > 0 && static_cast<std::size_t>(count) == whole.module->named_parameters().size();
}

} // namespace

NamedTensors weightsThatFit(const SpeechModel& model, const std::vector<std::string>& patterns) {
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
                                    "with {}, see viva inspect --weights '*'",
                                    pattern, prefixesOf(model)));
    return result;
}

std::unique_ptr<SpeechModel> frozenReference(const SpeechModel& model,
                                             const NamedTensors& trained) {
    std::vector<ModelStage> copied;
    for (const SpeechPart& part : model.parts())
        if (touches(trained, part.names.prefix))
            copied.push_back(part.names.stage);
    return model.copyWith(copied);
}

AudioStage audioStageBefore(const SpeechModel& model, const NamedTensors& trained) {
    if (touches(trained, model.part(ModelStage::Encoder).names.prefix))
        return AudioStage::Features;
    return touches(trained, model.part(ModelStage::Projector).names.prefix) ? AudioStage::Encoded
                                                                            : AudioStage::Projected;
}

void saveTrained(const LoraAdapter& adapter, const NamedTensors& values, const WholeModule& whole,
                 const fs::path& folder) {
    const bool withAdapter = adapter.parameterCount() > 0;
    const bool inAdapter = withAdapter && holdAll(values, whole);
    NamedTensors beside, others;
    for (const auto& weight : values)
        (inAdapter && weight.first.starts_with(whole.prefix) ? beside : others).push_back(weight);
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

std::optional<LoraAdapter> loadTrained(SpeechModel& model, const fs::path& folder,
                                       AdapterSlot slot) {
    const bool whole = existsInside(folder, kTrainedWeightsFile);
    std::optional<LoraAdapter> adapter;
    if (!whole || existsInside(folder, "adapter_config.json"))
        adapter.emplace(loadAdapter(model.decoder(), folder, slot, model.wholeModule()));
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
