// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/model/adapter_rules.h"

#include "core/base/error.h"
#include "core/config/weight_name.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

namespace viva {
namespace {

/// As transformers 5 names the decoder's layers.
constexpr std::string_view kInnerPrefix = "model.language_model.";

/// An expression over the layers of the decoder, as transformers 4 or 5 names them, and PEFT.
std::string layersExpression(const std::string& layers) {
    return R"(.*language_model\.(model\.)?layers\.)" + layers;
}

Pattern compiled(const std::string& expression, const char* key) {
    try {
        return {expression, key};
    } catch (const Error& error) {
        throw Error(ErrorCode::InvalidArgument, error.what());
    }
}

bool fits(const Pattern& pattern, const std::string& layer) {
    return pattern.matchesWhole(std::string(kDecoderPrefix) + layer) ||
           pattern.matchesWhole(std::string(kInnerPrefix) + layer);
}

template<typename Number>
Number valueOf(const std::vector<std::pair<Pattern, Number>>& patterns, const std::string& layer,
               Number otherwise) {
    std::optional<Number> found;
    for (const auto& [pattern, value] : patterns) {
        if (!fits(pattern, layer))
            continue;
        // Which one counts is a matter of their order, which JSON does not promise to keep.
        if (found && *found != value)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("adapter_config.json: patterns give {} the values {} and {}; "
                                    "make them exclude each other",
                                    layer, *found, value));
        found = value;
    }
    return found.value_or(otherwise);
}

} // namespace

AdapterRules::AdapterRules(const AdapterConfig& config) : m_config(config) {
    if (!config.targetRegex.empty())
        m_targets.emplace(compiled(config.targetRegex, "target_modules"));
    const auto atTheEnd = [](const std::string& name) { return "(?:.*\\.)?(?:" + name + ")"; };
    for (const auto& [name, rank] : config.rankPattern)
        m_ranks.emplace_back(compiled(atTheEnd(name), "rank_pattern"), rank);
    for (const auto& [name, alpha] : config.alphaPattern)
        m_alphas.emplace_back(compiled(atTheEnd(name), "alpha_pattern"), alpha);
}

bool AdapterRules::isTarget(const std::string& layer) const {
    if (m_targets)
        return fits(*m_targets, layer);
    const std::string dotted = "." + layer;
    for (const std::string& target : m_config.targetModules)
        if (target == "all-linear" || dotted.ends_with("." + target) ||
            std::string(kDecoderPrefix) + layer == target ||
            std::string(kInnerPrefix) + layer == target)
            return true;
    return false;
}

std::int64_t AdapterRules::rankOf(const std::string& layer) const {
    return valueOf(m_ranks, layer, m_config.rank);
}

double AdapterRules::scaleOf(const std::string& layer) const {
    return m_config.scaleOf(rankOf(layer), valueOf(m_alphas, layer, m_config.alpha));
}

std::string targetExpression(const std::vector<std::string>& layers) {
    // Modules that stand in the same layers are named together.
    std::map<std::string, std::vector<std::string>> numbersOf;
    std::vector<std::string> modules;
    for (const std::string& layer : layers) {
        const auto number = layer.find('.') + 1;
        const auto module = layer.find('.', number) + 1;
        auto& numbers = numbersOf[layer.substr(module)];
        if (numbers.empty())
            modules.push_back(layer.substr(module));
        numbers.push_back(layer.substr(number, module - 1 - number));
    }
    std::map<std::vector<std::string>, std::vector<std::string>> together;
    for (const std::string& module : modules)
        together[numbersOf[module]].push_back(escapePattern(module));
    std::vector<std::string> parts;
    for (const auto& [numbers, names] : together)
        parts.push_back(
            fmt::format(R"(({})\.({}))", fmt::join(numbers, "|"), fmt::join(names, "|")));
    return layersExpression(fmt::format("({})", fmt::join(parts, "|")));
}

std::string targetExpression(const std::string& numbers, const std::vector<std::string>& modules) {
    return layersExpression(
        fmt::format(R"({}\.(self_attn|mlp)\.({}))", numbers, fmt::join(modules, "|")));
}

AdapterConfig adapterConfigFor(const LoraSpec& spec, std::int64_t layers) {
    AdapterConfig config;
    config.rank = spec.rank;
    config.alpha = spec.alpha;
    config.dropout = spec.dropout;
    config.targetModules = spec.targets;
    if (spec.lastLayers > 0 && spec.lastLayers < layers) {
        std::vector<std::int64_t> numbers;
        for (auto layer = layers - spec.lastLayers; layer < layers; ++layer)
            numbers.push_back(layer);
        config.targetRegex =
            targetExpression(fmt::format("({})", fmt::join(numbers, "|")), spec.targets);
        config.targetModules.clear();
    }
    return config;
}

} // namespace viva
