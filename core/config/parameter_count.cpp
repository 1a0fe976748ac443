// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/parameter_count.h"

#include "core/base/error.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace viva {
namespace {

std::int64_t affine(std::int64_t in, std::int64_t out) {
    return in * out + out;
}

std::int64_t encoderBlock(const EncoderConfig& encoder) {
    const std::int64_t dim = encoder.hiddenDim, norm = 2 * dim;
    const std::int64_t wide = dim * encoder.feedforwardMult;
    const std::int64_t inner = dim * encoder.convExpansionFactor;
    const std::int64_t heads = encoder.numHeads * encoder.dimHead;
    const std::int64_t feedForward = norm + affine(dim, wide) + affine(wide, dim);
    const std::int64_t attention =
        norm + 3 * heads * dim + affine(heads, dim) + (2 * encoder.maxPosEmb + 1) * encoder.dimHead;
    const std::int64_t conv = norm + affine(dim, 2 * inner) + inner * encoder.convKernelSize +
                              4 * inner + affine(inner, dim);
    return 2 * feedForward + attention + conv + norm;
}

std::int64_t projectorParameters(const SpeechModelConfig& config) {
    const ProjectorConfig& projector = config.projector;
    const std::int64_t dim = projector.hiddenSize, norm = 2 * dim;
    const std::int64_t self = 4 * affine(dim, dim) + norm;
    const std::int64_t cross =
        2 * affine(dim, dim) + 2 * affine(projector.encoderHiddenSize, dim) + norm;
    const std::int64_t feedForward =
        affine(dim, projector.intermediateSize) + affine(projector.intermediateSize, dim) + norm;
    const std::int64_t layers = projector.numHiddenLayers;
    const std::int64_t crossing =
        (layers + projector.crossAttentionFrequency - 1) / projector.crossAttentionFrequency;
    return config.queriesPerWindow() * dim + norm + layers * (self + feedForward) +
           crossing * cross + affine(dim, config.text.hiddenSize);
}

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

/// What 3.3 and 4.x share, as the class defaults of SpeechModelConfig have it.
SpeechModelConfig granite33() {
    return {};
}

SpeechModelConfig granite4() {
    SpeechModelConfig config;
    config.encoder.outputDim = 348;
    TextConfig& text = config.text;
    text.vocabSize = 100353;
    text.intermediateSize = 4096;
    text.numAttentionHeads = 16;
    text.numKeyValueHeads = 4;
    text.headDim = 128;
    text.attentionMultiplier = 0.0078125;
    text.ropeTheta = 1e4;
    text.maxPositionEmbeddings = 4096;
    text.tieWordEmbeddings = false;
    text.bosTokenId = text.eosTokenId = 100257;
    text.padTokenId = 100256;
    config.audioTokenIndex = 100352;
    return config;
}

SpeechModelConfig granite33Large() {
    SpeechModelConfig config = granite33();
    config.text.hiddenSize = 4096;
    config.text.intermediateSize = 12800;
    config.text.headDim = 128;
    config.text.attentionMultiplier = 0.0078125;
    config.text.logitsScaling = 16.0;
    return config;
}

SpeechModelConfig granitePlus() {
    SpeechModelConfig config = granite4();
    config.modelType = "granite_speech_plus";
    config.encoder.catHiddenLayers = {3};
    config.projector.encoderHiddenSize = 2048;
    config.text.tieWordEmbeddings = true;
    return config;
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

ParameterCount countParameters(const SpeechModelConfig& config) {
    const EncoderConfig& encoder = config.encoder;
    const TextConfig& text = config.text;
    ParameterCount count;
    count.encoder =
        affine(encoder.inputDim, encoder.hiddenDim) + encoder.numLayers * encoderBlock(encoder) +
        affine(encoder.hiddenDim, encoder.outputDim) + affine(encoder.outputDim, encoder.hiddenDim);
    count.projector = projectorParameters(config);
    count.decoder = text.vocabSize * text.hiddenSize * (text.tieWordEmbeddings ? 1 : 2) +
                    text.numHiddenLayers * decoderLayerParameters(text) + text.hiddenSize;
    return count;
}

const std::vector<std::string_view>& modelShapeNames() {
    static const std::vector<std::string_view> names{
        "granite-speech-3.3-2b", "granite-speech-3.3-8b", "granite-4.0-1b-speech",
        "granite-speech-4.1-2b", "granite-speech-4.1-2b-plus"};
    return names;
}

SpeechModelConfig modelShape(std::string_view name) {
    constexpr std::string_view kFamily = "granite-speech-";
    std::string_view number = name.starts_with(kFamily) ? name.substr(kFamily.size()) : name;
    if (number == "3.3-2b")
        return granite33();
    if (number == "3.3-8b")
        return granite33Large();
    if (number == "4.0-1b" || number == "granite-4.0-1b-speech" || number == "4.1-2b")
        return granite4();
    if (number == "plus" || number == "4.1-plus" || number == "4.1-2b-plus")
        return granitePlus();
    throw Error(ErrorCode::InvalidArgument, fmt::format("there is no shape \"{}\"; known are {}",
                                                        name, fmt::join(modelShapeNames(), ", ")));
}

} // namespace viva
