// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/parameter_count.h"

#include <algorithm>
#include <array>
#include <utility>

namespace viva {
namespace {

/// In and out of the seven linear layers, by name.
std::array<std::pair<std::string_view, std::pair<std::int64_t, std::int64_t>>, 7>
linears(const TextConfig& text) {
    const std::int64_t hidden = text.hiddenSize, wide = text.intermediateSize;
    const std::int64_t queries = text.numAttentionHeads * text.headDim;
    const std::int64_t keys = text.numKeyValueHeads * text.headDim;
    return {{{"q_proj", {hidden, queries}},
             {"k_proj", {hidden, keys}},
             {"v_proj", {hidden, keys}},
             {"o_proj", {queries, hidden}},
             {"gate_proj", {hidden, wide}},
             {"up_proj", {hidden, wide}},
             {"down_proj", {wide, hidden}}}};
}

} // namespace

std::int64_t decoderLayerParameters(const TextConfig& text) {
    std::int64_t count = 2 * text.hiddenSize;
    for (const auto& [name, sizes] : linears(text)) {
        const bool mlp = name == "gate_proj" || name == "up_proj" || name == "down_proj";
        count += sizes.first * sizes.second;
        if (mlp ? text.mlpBias : text.attentionBias)
            count += sizes.second;
    }
    return count;
}

std::int64_t adapterParameters(const TextConfig& text, std::int64_t rank,
                               const std::vector<std::string>& targets) {
    std::int64_t count = 0;
    for (const auto& [name, sizes] : linears(text))
        if (std::find(targets.begin(), targets.end(), name) != targets.end())
            count += rank * (sizes.first + sizes.second);
    return count * text.numHiddenLayers;
}

std::int64_t decoderParameters(const TextConfig& text) {
    return text.vocabSize * text.hiddenSize * (text.tieWordEmbeddings ? 1 : 2) +
           text.numHiddenLayers * decoderLayerParameters(text) + text.hiddenSize;
}

ParameterCount countParameters(const SpeechModelConfig& config) {
    return {config.encoder.parameters, config.projectorParameters, decoderParameters(config.text)};
}

} // namespace viva
