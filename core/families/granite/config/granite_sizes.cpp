// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_config.h"
#include "core/families/granite/config/granite_weight_name.h"
#include "core/tokenizer/chat_template.h"

#include <algorithm>

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

std::int64_t projectorParameters(const GraniteConfig& config) {
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

std::int64_t encoderParameters(const EncoderConfig& encoder) {
    return affine(encoder.inputDim, encoder.hiddenDim) + encoder.numLayers * encoderBlock(encoder) +
           affine(encoder.hiddenDim, encoder.outputDim) +
           affine(encoder.outputDim, encoder.hiddenDim);
}

EncoderSizes encoderSizes(const EncoderConfig& encoder) {
    const std::int64_t widest = std::max(encoder.hiddenDim * encoder.feedforwardMult,
                                         2 * encoder.hiddenDim * encoder.convExpansionFactor);
    EncoderSizes sizes;
    sizes.layers = encoder.numLayers;
    sizes.width = encoder.hiddenDim;
    sizes.outputWidth = encoder.outputWidth();
    sizes.capturedLayers = encoder.catHiddenLayers;
    sizes.parameters = encoderParameters(encoder);
    sizes.attentionHeads = encoder.numHeads;
    sizes.attentionSpan = encoder.contextSize;
    sizes.valuesPerFrame = 3 * widest + 4 * encoder.hiddenDim + encoder.outputDim;
    return sizes;
}

} // namespace

SpeechModelConfig describe(const GraniteConfig& config) {
    SpeechModelConfig result;
    result.modelType = config.modelType;
    result.parts = {{ModelStage::Encoder, "encoder", "encoder."},
                    {ModelStage::Projector, "projector", "projector."},
                    {ModelStage::Decoder, "language model", "language_model."}};
    result.weightName = graniteWeightName;
    result.encoder = encoderSizes(config.encoder);
    result.projectorParameters = projectorParameters(config);
    result.text = config.text;
    result.features = config.features;
    result.audioPlaceholder = kAudioPlaceholder;
    result.audioTokenIndex = config.audioTokenIndex;
    result.framesPerWindow = config.windowSize;
    result.tokensPerWindow = config.queriesPerWindow();
    result.bundledAdapter = config.bundledAdapter;
    result.notes = config.notes;
    return result;
}

} // namespace viva
