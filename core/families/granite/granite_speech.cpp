// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/granite_speech.h"

#include "core/base/error.h"
#include "core/families/granite/config/granite_weight_name.h"
#include "core/families/granite/random_init.h"
#include "core/model/frozen_copy.h"
#include "core/model/speech_model_files.h"
#include "core/nn/shape_check.h"
#include "core/nn/weight_loader.h"

#include <fmt/format.h>

#include <utility>

namespace viva {
namespace {

namespace fs = std::filesystem;

FeatureParams featureParams(const FeatureConfig& config) {
    return {config.sampleRateHz, config.fftSize, config.windowSamples, config.hopSamples,
            config.melBins};
}

/// A stored head means an untied one, whatever the flags say.
void settleTying(GraniteConfig& config, const CheckpointWeights& weights) {
    const bool tied = !weights.has("language_model.lm_head.weight");
    if (tied != config.text.tieWordEmbeddings)
        config.notes.push_back(fmt::format("config.json says tie_word_embeddings {}, but the "
                                           "weights hold {} lm_head; the weights decide",
                                           config.text.tieWordEmbeddings, tied ? "no" : "a"));
    config.text.tieWordEmbeddings = tied;
}

} // namespace

GraniteSpeech::GraniteSpeech(GraniteConfig config)
    : SpeechModel(describe(config), Decoder(config.text)), m_granite(std::move(config)),
      m_logMel(std::make_shared<LogMel>(featureParams(m_granite.features))),
      m_encoder(m_granite.encoder), m_projector(m_granite) {}

std::unique_ptr<GraniteSpeech> GraniteSpeech::load(const fs::path& folder,
                                                   const SpeechLoadOptions& options) {
    GraniteConfig config = readGraniteConfig(folder);
    const CheckpointWeights weights(folder, graniteWeightName);
    settleTying(config, weights);
    requireSizesFit(describe(config), weights);
    config.notes.insert(config.notes.end(), weights.notes().begin(), weights.notes().end());
    std::unique_ptr<GraniteSpeech> model(new GraniteSpeech(std::move(config)));
    model->loadText(folder);
    placeNetworks(model->parts(), model->decoder(), options);
    if (!loadNetworks(model->parts(), weights, options))
        return nullptr;
    model->decoder()->pack();
    if (model->config().bundledAdapter)
        model->loadBundledAdapter(folder);
    return model;
}

std::unique_ptr<GraniteSpeech> GraniteSpeech::create(const GraniteConfig& config,
                                                     std::uint64_t seed, const fs::path& textFolder,
                                                     const SpeechLoadOptions& options) {
    GraniteConfig own = config;
    own.bundledAdapter.reset();
    std::unique_ptr<GraniteSpeech> model(new GraniteSpeech(std::move(own)));
    const auto parts = model->parts();
    placeNetworks(parts, model->decoder(), options);
    double done = 0;
    for (const SpeechPart& part : parts) {
        if (options.stop.stop_requested())
            return nullptr;
        fillRandomly(*part.module, part.names.prefix, config, seed);
        if (options.progress)
            options.progress(done += 1.0 / static_cast<double>(parts.size()));
    }
    model->decoder()->pack();
    if (!textFolder.empty())
        model->loadText(textFolder);
    return model;
}

torch::Tensor GraniteSpeech::features(const AudioBuffer& clip) const {
    const FeatureConfig& front = config().features;
    if (clip.sampleRateHz != front.sampleRateHz)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("features: the clip has {} Hz, the model hears {} Hz; "
                                "resample it first",
                                clip.sampleRateHz, front.sampleRateHz));
    const auto frames = featureFrames(static_cast<std::int64_t>(clip.samples.size()), front);
    const auto tokens = audioTokens(frames, AudioStage::Features);
    if (tokens >= config().text.maxPositionEmbeddings)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("the clip of {:.1f} s needs {} audio tokens, but the model has only "
                        "{} positions; cut it into shorter pieces",
                        clip.durationSec(), tokens, config().text.maxPositionEmbeddings));
    Features computed = m_logMel->compute(clip.samples);
    return torch::tensor(computed.values).view({computed.frames, computed.width}).to(device());
}

PackedClips GraniteSpeech::encodeClips(const PackedClips& features,
                                       const ActivationSink& sink) const {
    checkShape(features.values, {"frames", m_granite.encoder.inputDim}, "encodeClips: features");
    EncoderTrace trace;
    EncoderOptions options;
    if (sink)
        options.trace = &trace;
    PackedClips result{m_encoder->forward(features.values, features.rows, options).frames,
                       features.rows};
    if (sink) {
        sink("input_linear", trace.inputLinear);
        for (std::size_t i = 0; i < trace.blocks.size(); ++i)
            sink(fmt::format("block{}", i), trace.blocks[i]);
        if (trace.mid.defined())
            sink("mid", trace.mid);
    }
    return result;
}

PackedClips GraniteSpeech::projectClips(const PackedClips& encoded,
                                        const ActivationSink& sink) const {
    std::vector<torch::Tensor> layers;
    PackedClips result;
    result.values = m_projector->forward(encoded.values.to(m_projector->query.scalar_type()),
                                         encoded.rows, sink ? &layers : nullptr);
    for (const std::int64_t frames : encoded.rows.lengths)
        result.rows.lengths.push_back(audioTokens(frames, AudioStage::Encoded));
    for (std::size_t j = 0; j < layers.size(); ++j)
        sink(fmt::format("qformer_layer{}", j), layers[j]);
    return result;
}

std::unique_ptr<SpeechModel> GraniteSpeech::copyWith(const std::vector<ModelStage>& copied) const {
    std::unique_ptr<GraniteSpeech> result(new GraniteSpeech(*this));
    for (const ModelStage stage : copied) {
        if (stage == ModelStage::Encoder) {
            result->m_encoder = ConformerEncoder(m_granite.encoder);
            copyFrozen(*m_encoder, *result->m_encoder);
        } else if (stage == ModelStage::Projector) {
            result->m_projector = QFormerProjector(m_granite);
            copyFrozen(*m_projector, *result->m_projector);
        } else {
            result->copyDecoder();
        }
    }
    return result;
}

void GraniteSpeech::save(const fs::path& folder, torch::ScalarType dtype) const {
    fs::create_directories(folder);
    saveNetworks(parts(), folder / "model.safetensors", dtype);
    writeGraniteConfig(folder, m_granite);
    saveBeside(folder);
}

const torch::nn::Module& GraniteSpeech::network(ModelStage stage) const {
    switch (stage) {
    case ModelStage::Encoder:
        return *m_encoder;
    case ModelStage::Projector:
        return *m_projector;
    case ModelStage::Decoder:
        break;
    }
    return *decoder();
}

} // namespace viva
