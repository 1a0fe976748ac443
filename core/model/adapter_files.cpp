// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/config/weight_name.h"
#include "core/model/adapter_rules.h"
#include "core/model/lora_adapter.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

/// The layers that have factors, "layers.N.self_attn.q_proj".
std::vector<std::string> layersOf(const LoraAdapter& adapter) {
    constexpr std::string_view kFirst = ".lora_A";
    std::vector<std::string> layers;
    for (const std::string& name : adapter.names())
        if (name.ends_with(kFirst))
            layers.push_back(name.substr(0, name.size() - kFirst.size()));
    return layers;
}

template<typename Number>
nlohmann::ordered_json patternJson(const std::vector<std::pair<std::string, Number>>& pattern) {
    auto json = nlohmann::ordered_json::object();
    for (const auto& [name, value] : pattern)
        json[name] = value;
    return json;
}

/// target_modules is written as a regular expression: bare names would also match the encoder's
/// layers.
std::string adapterConfigJson(const LoraAdapter& adapter, bool withProjector) {
    const AdapterConfig& config = adapter.config();
    nlohmann::ordered_json json;
    json["base_model_name_or_path"] = "";
    json["bias"] = "none";
    json["fan_in_fan_out"] = false;
    json["inference_mode"] = true;
    json["init_lora_weights"] = true;
    json["lora_alpha"] = config.alpha;
    json["lora_dropout"] = config.dropout;
    if (withProjector)
        json["modules_to_save"] = nlohmann::ordered_json::array({"projector"});
    json["peft_type"] = "LORA";
    json["r"] = config.rank;
    if (!config.rankPattern.empty())
        json["rank_pattern"] = patternJson(config.rankPattern);
    if (!config.alphaPattern.empty())
        json["alpha_pattern"] = patternJson(config.alphaPattern);
    if (config.chosenByFile)
        json["target_modules"] = targetExpression(layersOf(adapter));
    else if (!config.targetRegex.empty())
        json["target_modules"] = config.targetRegex;
    else
        json["target_modules"] =
            fmt::format(R"(.*language_model\.(model\.)?layers\.\d+\.(self_attn|mlp)\.({}))",
                        fmt::join(config.targetModules, "|"));
    json["task_type"] = "CAUSAL_LM";
    json["use_dora"] = false;
    json["use_rslora"] = config.rslora;
    return json.dump(2) + "\n";
}

/// Takes the projector's tensors out of a file's, under their names inside the projector.
NamedTensors takeProjector(NamedTensors& tensors) {
    NamedTensors whole, rest;
    for (auto& [key, tensor] : tensors) {
        std::string name = canonicalWeightName(key);
        if (name.starts_with(kProjectorPrefix))
            whole.emplace_back(name.substr(kProjectorPrefix.size()), tensor);
        else
            rest.emplace_back(key, tensor);
    }
    tensors = std::move(rest);
    return whole;
}

void copyProjector(const NamedTensors& values, const torch::nn::Module* projector) {
    if (projector == nullptr)
        throw Error(ErrorCode::InvalidArgument,
                    "adapter: the file holds a trained projector, which cannot be put on here");
    const torch::NoGradGuard noGrad;
    auto parameters = projector->named_parameters();
    if (values.size() != parameters.size())
        throw Error(ErrorCode::Format,
                    fmt::format("adapter: the file holds {} tensors of a projector, the model's "
                                "has {}",
                                values.size(), parameters.size()));
    for (const auto& [name, value] : values) {
        torch::Tensor* target = parameters.find(name);
        if (target == nullptr || target->sizes() != value.sizes())
            throw Error(
                ErrorCode::ShapeMismatch,
                fmt::format("adapter: projector.{} is {}, the model has {}", name,
                            shapeText(value.sizes()),
                            target == nullptr ? "no such tensor" : shapeText(target->sizes())));
    }
    for (const auto& [name, value] : values)
        parameters.find(name)->copy_(value);
}

} // namespace

LoraAdapter loadAdapter(Decoder& decoder, const std::filesystem::path& folder, AdapterSlot slot,
                        const torch::nn::Module* projector) {
    const AdapterConfig config = readAdapterConfig(fileInside(folder, "adapter_config.json"));
    try {
        NamedTensors factors = readSafetensors(fileInside(folder, "adapter_model.safetensors"));
        const NamedTensors whole = takeProjector(factors);
        LoraAdapter adapter = LoraAdapter::attach(decoder, config, slot, factors);
        if (!whole.empty())
            copyProjector(whole, projector);
        return adapter;
    } catch (Error& error) {
        error.addContext(fmt::format("reading the adapter in {}", folder.string()));
        throw;
    }
}

void saveAdapter(const LoraAdapter& adapter, const std::filesystem::path& folder,
                 AdapterKeyStyle style, const NamedTensors& projector) {
    std::filesystem::create_directories(folder);
    NamedTensors tensors = adapter.toFileTensors(style);
    const std::string prefix = style == AdapterKeyStyle::Granite ? "" : "base_model.model.model.";
    for (const auto& [name, value] : projector)
        tensors.emplace_back(prefix + name, value.detach().to(torch::kCPU, torch::kFloat32));
    saveSafetensors(folder / "adapter_model.safetensors", tensors);
    writeFileAtomically(folder / "adapter_config.json",
                        adapterConfigJson(adapter, !projector.empty()));
}

} // namespace viva
