// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/model/lora_adapter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace viva {
namespace {

/// target_modules is written as a regular expression: bare names would also match the encoder's
/// layers.
std::string adapterConfigJson(const LoraAdapter& adapter) {
    const AdapterConfig& config = adapter.config();
    nlohmann::ordered_json json;
    json["base_model_name_or_path"] = "";
    json["bias"] = "none";
    json["fan_in_fan_out"] = false;
    json["inference_mode"] = true;
    json["init_lora_weights"] = true;
    json["lora_alpha"] = config.alpha;
    json["lora_dropout"] = config.dropout;
    json["peft_type"] = "LORA";
    json["r"] = config.rank;
    if (!config.targetRegex.empty())
        json["target_modules"] = config.targetRegex;
    else
        json["target_modules"] =
            fmt::format(R"(.*language_model\.(model\.)?layers\.\d+\.(self_attn|mlp)\.({}))",
                        fmt::join(config.targetModules, "|"));
    json["task_type"] = "CAUSAL_LM";
    json["use_dora"] = false;
    json["use_rslora"] = false;
    return json.dump(2) + "\n";
}

} // namespace

LoraAdapter loadAdapter(Decoder& decoder, const std::filesystem::path& folder, AdapterSlot slot) {
    const AdapterConfig config = readAdapterConfig(folder / "adapter_config.json");
    try {
        return LoraAdapter::attach(decoder, config, slot,
                                   readSafetensors(folder / "adapter_model.safetensors"));
    } catch (Error& error) {
        error.addContext(fmt::format("reading the adapter in {}", folder.string()));
        throw;
    }
}

void saveAdapter(const LoraAdapter& adapter, const std::filesystem::path& folder,
                 AdapterKeyStyle style) {
    std::filesystem::create_directories(folder);
    saveSafetensors(folder / "adapter_model.safetensors", adapter.toFileTensors(style));
    writeFileAtomically(folder / "adapter_config.json", adapterConfigJson(adapter));
}

} // namespace viva
