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
std::string adapterConfigJson(const LoraAdapter& adapter, const std::string& wholeModule) {
    const AdapterConfig& config = adapter.config();
    nlohmann::ordered_json json;
    json["base_model_name_or_path"] = "";
    json["bias"] = "none";
    json["fan_in_fan_out"] = false;
    json["inference_mode"] = true;
    json["init_lora_weights"] = true;
    json["lora_alpha"] = config.alpha;
    json["lora_dropout"] = config.dropout;
    if (!wholeModule.empty())
        json["modules_to_save"] = nlohmann::ordered_json::array({wholeModule});
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
        json["target_modules"] = targetExpression(R"(\d+)", config.targetModules);
    json["task_type"] = "CAUSAL_LM";
    json["use_dora"] = false;
    json["use_rslora"] = config.rslora;
    return json.dump(2) + "\n";
}

/// Takes what is no factor of a layer out of a file's tensors, under canonical names.
NamedTensors takeWhole(NamedTensors& tensors, const WholeModule& whole) {
    NamedTensors taken, rest;
    for (auto& [key, tensor] : tensors) {
        std::string name = canonicalWeightName(key);
        if (name.starts_with(whole.prefix) && name.find(".lora_") == std::string::npos)
            taken.emplace_back(std::move(name), tensor);
        else
            rest.emplace_back(key, tensor);
    }
    tensors = std::move(rest);
    return taken;
}

void copyWhole(const NamedTensors& values, const WholeModule& whole) {
    if (whole.module == nullptr)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("adapter: the file holds {}, which was trained whole and cannot be "
                                "put on here",
                                values.front().first));
    const torch::NoGradGuard noGrad;
    auto parameters = whole.module->named_parameters();
    if (values.size() != parameters.size())
        throw Error(ErrorCode::Format,
                    fmt::format("adapter: the file holds {} tensors of {}*, the model's has {}",
                                values.size(), whole.prefix, parameters.size()));
    const auto targetOf = [&](const std::string& name) {
        return parameters.find(name.substr(whole.prefix.size()));
    };
    for (const auto& [name, value] : values) {
        const torch::Tensor* target = targetOf(name);
        if (target == nullptr || target->sizes() != value.sizes())
            throw Error(
                ErrorCode::ShapeMismatch,
                fmt::format("adapter: {} is {}, the model has {}", name, shapeText(value.sizes()),
                            target == nullptr ? "no such tensor" : shapeText(target->sizes())));
    }
    for (const auto& [name, value] : values)
        targetOf(name)->copy_(value);
}

} // namespace

LoraAdapter loadAdapter(Decoder& decoder, const std::filesystem::path& folder, AdapterSlot slot,
                        const WholeModule& whole) {
    const AdapterConfig config = readAdapterConfig(fileInside(folder, "adapter_config.json"));
    try {
        NamedTensors factors = readSafetensors(fileInside(folder, "adapter_model.safetensors"));
        const NamedTensors values = takeWhole(factors, whole);
        LoraAdapter adapter = LoraAdapter::attach(decoder, config, slot, factors);
        if (!values.empty())
            copyWhole(values, whole);
        return adapter;
    } catch (Error& error) {
        error.addContext(fmt::format("reading the adapter in {}", folder.string()));
        throw;
    }
}

void saveAdapter(const LoraAdapter& adapter, const std::filesystem::path& folder,
                 AdapterKeyStyle style, const NamedTensors& whole) {
    std::filesystem::create_directories(folder);
    NamedTensors tensors = adapter.toFileTensors(style);
    const std::string prefix =
        style == AdapterKeyStyle::Checkpoint ? "" : "base_model.model.model.";
    std::string module;
    for (const auto& [name, value] : whole) {
        module = name.substr(0, name.find('.'));
        tensors.emplace_back(prefix + name, value.detach().to(torch::kCPU, torch::kFloat32));
    }
    saveSafetensors(folder / "adapter_model.safetensors", tensors);
    writeFileAtomically(folder / "adapter_config.json", adapterConfigJson(adapter, module));
}

} // namespace viva
