// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/config/model_config.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <type_traits>

namespace viva {

namespace {

[[noreturn]] void unsupported(const std::string& origin, std::string_view key,
                              const std::string& value, std::string_view cure) {
    throw Error(ErrorCode::InvalidArgument,
                fmt::format("{}: {} is {}, which is not supported; {}", origin, key, value, cure));
}

/// PEFT features that would change the result and that this program does not compute.
void rejectUnsupported(const nlohmann::json& json, const std::string& origin) {
    for (const char* key : {"use_dora", "use_qalora", "use_bdlora", "lora_bias", "fan_in_fan_out",
                            "ensure_weight_tying"}) {
        const auto found = json.find(key);
        if (found != json.end() && !found->is_null() && *found != false)
            unsupported(origin, key, found->dump(), "only false (plain LoRA) is");
    }
    for (const char* key : {"layer_replication", "alora_invocation_tokens", "target_parameters",
                            "trainable_token_indices", "megatron_config", "velora_config",
                            "kasa_config", "arrow_config", "monteclora_config"}) {
        const auto found = json.find(key);
        if (found != json.end() && !found->is_null() && !found->empty())
            unsupported(origin, key, found->dump(), "only an absent or empty value is");
    }
    const auto bias = json.find("bias");
    if (bias != json.end() && !bias->is_null() && *bias != "none")
        unsupported(origin, "bias", bias->dump(), "only \"none\" is");
    const auto init = json.find("init_lora_weights");
    if (init != json.end() && init->is_string()) {
        const auto name = init->get<std::string>();
        // These change the base weights too, so the adapter alone is not the model.
        for (const char* changesBase : {"pissa", "olora", "corda", "loftq"})
            if (name.rfind(changesBase, 0) == 0)
                unsupported(origin, "init_lora_weights", init->dump(),
                            "convert the adapter to plain LoRA with PEFT first");
    }
}

/// PEFT's list of modules that were trained whole: the projector is the one that is understood.
bool readWholeModules(const nlohmann::json& json, const std::string& origin) {
    const auto found = json.find("modules_to_save");
    if (found == json.end() || found->is_null() || (found->is_array() && found->empty()))
        return false;
    if (*found == nlohmann::json::array({"projector"}))
        return true;
    unsupported(origin, "modules_to_save", found->dump().substr(0, 200),
                "only an absent or empty value or [\"projector\"] is");
}

void readTargets(const nlohmann::json& json, const std::string& origin, AdapterConfig& adapter) {
    const auto found = json.find("target_modules");
    if (found == json.end() || found->is_null())
        throw Error(ErrorCode::Format,
                    fmt::format("{}: target_modules is missing; expected a list of module names or "
                                "a regular expression",
                                origin));
    adapter.targetModules.clear();
    if (found->is_string()) {
        const auto text = found->get<std::string>();
        if (text.empty())
            unsupported(origin, "target_modules", found->dump(), "name the modules");
        if (text == "all-linear") {
            adapter.targetModules = {text};
            adapter.chosenByFile = true;
        } else {
            adapter.targetRegex = text;
        }
        return;
    }
    if (!found->is_array() || found->empty())
        throw Error(ErrorCode::Format, fmt::format("{}: target_modules is {}, expected a list of "
                                                   "module names or a regular expression",
                                                   origin, found->dump().substr(0, 80)));
    for (const auto& name : *found) {
        if (!name.is_string() || name.get_ref<const std::string&>().empty())
            throw Error(ErrorCode::Format, fmt::format("{}: target_modules holds {}, expected "
                                                       "module names",
                                                       origin, name.dump().substr(0, 80)));
        adapter.targetModules.push_back(name.get<std::string>());
    }
}

bool isThere(const nlohmann::json& json, const char* key) {
    const auto found = json.find(key);
    return found != json.end() && !found->is_null() &&
           !((found->is_array() || found->is_object() || found->is_string()) && found->empty());
}

/// PEFT's rank_pattern or alpha_pattern: an object from expressions over module names to numbers.
template<typename Number>
void readPattern(const nlohmann::json& json, const std::string& origin, const char* key,
                 double least, std::vector<std::pair<std::string, Number>>& out) {
    if (!isThere(json, key))
        return;
    const auto& object = json.at(key);
    const auto wrong = [&](const std::string& value) {
        throw Error(ErrorCode::Format, fmt::format("{}: {} is {}, expected names of modules with "
                                                   "{}s of {} or more",
                                                   origin, key, value.substr(0, 80),
                                                   std::string(key).substr(0, 5), least));
    };
    if (!object.is_object())
        wrong(object.dump());
    for (const auto& [name, value] : object.items()) {
        if (name.empty() || !value.is_number() ||
            (std::is_integral_v<Number> && !value.is_number_integer()))
            wrong(object.dump());
        const auto number = value.template get<double>();
        if (!std::isfinite(number) || number < least || number > 65536)
            wrong(object.dump());
        out.emplace_back(name, static_cast<Number>(number));
    }
}

} // namespace

AdapterConfig readAdapterConfig(const std::filesystem::path& file) {
    const nlohmann::json json = readJsonFile(file);
    const std::string origin = file.string();
    JsonReader reader(json, origin);
    std::string type;
    reader.required("peft_type", type);
    if (type != "LORA")
        unsupported(origin, "peft_type", "\"" + type + "\"", "only \"LORA\" is");
    AdapterConfig adapter;
    reader.required("r", adapter.rank);
    reader.required("lora_alpha", adapter.alpha);
    reader.optional("lora_dropout", adapter.dropout);
    if (adapter.rank < 1 || adapter.rank > 65536)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: r is {}, but must be from 1 to 65536", origin, adapter.rank));
    if (!std::isfinite(adapter.alpha))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: lora_alpha must be a finite number", origin));
    if (!(adapter.dropout >= 0 && adapter.dropout < 1))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("{}: lora_dropout is {}, but must be in [0, 1)", origin, adapter.dropout));
    reader.optional("use_rslora", adapter.rslora);
    readTargets(json, origin, adapter);
    readPattern(json, origin, "rank_pattern", 1, adapter.rankPattern);
    readPattern(json, origin, "alpha_pattern", 0, adapter.alphaPattern);
    for (const char* key : {"layers_to_transform", "layers_pattern", "exclude_modules"})
        adapter.chosenByFile = adapter.chosenByFile || isThere(json, key);
    adapter.withProjector = readWholeModules(json, origin);
    rejectUnsupported(json, origin);
    return adapter;
}

} // namespace viva
