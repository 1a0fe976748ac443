// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_shapes.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <string_view>

namespace viva {
namespace {

/// What 3.3 and 4.x share, as the class defaults of GraniteConfig have it.
GraniteConfig granite33() {
    return {};
}

GraniteConfig granite4() {
    GraniteConfig config;
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

GraniteConfig granite33Large() {
    GraniteConfig config = granite33();
    config.text.hiddenSize = 4096;
    config.text.intermediateSize = 12800;
    config.text.headDim = 128;
    config.text.attentionMultiplier = 0.0078125;
    config.text.logitsScaling = 16.0;
    return config;
}

GraniteConfig granitePlus() {
    GraniteConfig config = granite4();
    config.modelType = "granite_speech_plus";
    config.encoder.catHiddenLayers = {3};
    config.projector.encoderHiddenSize = 2048;
    config.text.tieWordEmbeddings = true;
    return config;
}

std::optional<GraniteConfig> published(std::string_view name) {
    constexpr std::string_view kFamily = "granite-speech-";
    const std::string_view number = name.starts_with(kFamily) ? name.substr(kFamily.size()) : name;
    if (number == "3.3-2b")
        return granite33();
    if (number == "3.3-8b")
        return granite33Large();
    if (number == "4.0-1b" || number == "granite-4.0-1b-speech" || number == "4.1-2b")
        return granite4();
    if (number == "plus" || number == "4.1-plus" || number == "4.1-2b-plus")
        return granitePlus();
    return std::nullopt;
}

} // namespace

std::vector<std::string> graniteShapeNames() {
    return {"granite-speech-3.3-2b", "granite-speech-3.3-8b", "granite-4.0-1b-speech",
            "granite-speech-4.1-2b", "granite-speech-4.1-2b-plus"};
}

std::optional<GraniteConfig> graniteShape(const ModelShape& shape) {
    std::optional<GraniteConfig> model = published(shape.name);
    if (!model)
        return std::nullopt;
    const auto cut = [&](std::int64_t& layers, std::int64_t wanted, const char* what) {
        if (wanted == 0)
            return;
        if (wanted < 1 || wanted > layers)
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("{} has {} {} layers; {} cannot be built", shape.name, layers,
                                    what, wanted));
        layers = wanted;
    };
    cut(model->text.numHiddenLayers, shape.decoderLayers, "decoder");
    cut(model->encoder.numLayers, shape.encoderLayers, "encoder");
    std::erase_if(model->encoder.catHiddenLayers,
                  [&](std::int64_t layer) { return layer >= model->encoder.numLayers; });
    model->projector.encoderHiddenSize = model->encoder.outputWidth();
    return model;
}

} // namespace viva
