// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_config_check.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <cmath>

namespace viva {

namespace {

constexpr std::int64_t kMaxWidth = 1 << 17;
constexpr std::int64_t kMaxLayers = 512;
constexpr std::int64_t kMaxVocab = 1 << 23;
constexpr std::int64_t kMaxFrames = 1 << 17;
constexpr double kMaxParameters = 2e12;

/// One file's checks; `section` is the JSON path before the key.
class Checker {
public:
    Checker(const std::string& origin, std::string section)
        : m_origin(origin), m_section(std::move(section)) {}

    void range(const char* key, std::int64_t value, std::int64_t low, std::int64_t high) const {
        if (value < low || value > high)
            fail(key, fmt::format("{}", value),
                 fmt::format("a whole number from {} to {}", low, high));
    }

    void positive(const char* key, double value) const {
        if (!(value > 0) || !std::isfinite(value))
            fail(key, fmt::format("{}", value), "a positive finite number");
    }

    void finite(const char* key, double value) const {
        if (!std::isfinite(value))
            fail(key, fmt::format("{}", value), "a finite number");
    }

    void require(bool condition, const char* key, std::int64_t value,
                 const std::string& needed) const {
        if (!condition)
            fail(key, fmt::format("{}", value), needed);
    }

    [[noreturn]] void fail(const char* key, const std::string& value,
                           const std::string& needed) const {
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("{}: {}{} is {}, but must be {}", m_origin, m_section, key, value, needed));
    }

private:
    const std::string& m_origin;
    std::string m_section;
};

void checkEncoder(const EncoderConfig& encoder, const Checker& check) {
    check.range("input_dim", encoder.inputDim, 2, kMaxWidth);
    check.range("num_layers", encoder.numLayers, 1, kMaxLayers);
    check.range("hidden_dim", encoder.hiddenDim, 1, kMaxWidth);
    check.range("feedforward_mult", encoder.feedforwardMult, 1, 64);
    check.range("num_heads", encoder.numHeads, 1, 1024);
    check.range("dim_head", encoder.dimHead, 1, kMaxWidth);
    check.range("output_dim", encoder.outputDim, 2, kMaxVocab);
    check.range("context_size", encoder.contextSize, 1, kMaxFrames);
    check.range("max_pos_emb", encoder.maxPosEmb, 1, kMaxFrames);
    check.range("conv_kernel_size", encoder.convKernelSize, 1, 1023);
    check.range("conv_expansion_factor", encoder.convExpansionFactor, 1, 64);
    check.require(encoder.contextSize <= encoder.maxPosEmb, "context_size", encoder.contextSize,
                  fmt::format("at most max_pos_emb, which is {}", encoder.maxPosEmb));
}

void checkProjector(const GraniteConfig& config, const Checker& check) {
    const ProjectorConfig& projector = config.projector;
    check.range("hidden_size", projector.hiddenSize, 1, kMaxWidth);
    check.range("num_hidden_layers", projector.numHiddenLayers, 1, kMaxLayers);
    check.range("num_attention_heads", projector.numAttentionHeads, 1, 1024);
    check.range("intermediate_size", projector.intermediateSize, 1, kMaxWidth);
    check.range("cross_attention_frequency", projector.crossAttentionFrequency, 1, kMaxLayers);
    check.positive("layer_norm_eps", projector.layerNormEps);
    check.require(
        projector.hiddenSize % projector.numAttentionHeads == 0, "hidden_size",
        projector.hiddenSize,
        fmt::format("divisible by num_attention_heads, which is {}", projector.numAttentionHeads));
    check.require(projector.encoderHiddenSize == config.encoder.outputWidth(),
                  "encoder_hidden_size", projector.encoderHiddenSize,
                  fmt::format("{}: the encoder's hidden_dim {} times the {} layers it hands on",
                              config.encoder.outputWidth(), config.encoder.hiddenDim,
                              1 + config.encoder.catHiddenLayers.size()));
}

void checkText(const TextConfig& text, const Checker& check) {
    check.range("vocab_size", text.vocabSize, 2, kMaxVocab);
    check.range("hidden_size", text.hiddenSize, 1, kMaxWidth);
    check.range("intermediate_size", text.intermediateSize, 1, kMaxWidth);
    check.range("num_hidden_layers", text.numHiddenLayers, 1, kMaxLayers);
    check.range("num_attention_heads", text.numAttentionHeads, 1, 1024);
    check.range("num_key_value_heads", text.numKeyValueHeads, 1, 1024);
    check.range("head_dim", text.headDim, 2, kMaxWidth);
    check.range("max_position_embeddings", text.maxPositionEmbeddings, 1, std::int64_t{1} << 31);
    check.positive("attention_multiplier", text.attentionMultiplier);
    check.positive("embedding_multiplier", text.embeddingMultiplier);
    check.finite("residual_multiplier", text.residualMultiplier);
    check.positive("logits_scaling", text.logitsScaling);
    check.positive("rope_theta", text.ropeTheta);
    check.positive("rms_norm_eps", text.rmsNormEps);
    check.require(text.headDim % 2 == 0, "head_dim", text.headDim,
                  "even, because rotary positions turn pairs");
    check.require(
        text.numAttentionHeads % text.numKeyValueHeads == 0, "num_attention_heads",
        text.numAttentionHeads,
        fmt::format("divisible by num_key_value_heads, which is {}", text.numKeyValueHeads));
    for (const std::int64_t id : text.eosTokenIds())
        check.require(id >= 0 && id < text.vocabSize, "eos_token_id", id,
                      fmt::format("a token id below vocab_size, which is {}", text.vocabSize));
}

void checkFeatures(const GraniteConfig& config, const Checker& check) {
    const FeatureConfig& features = config.features;
    check.range("sampling_rate", features.sampleRateHz, 1000, 384000);
    check.range("n_fft", features.fftSize, 2, 1 << 16);
    check.range("win_length", features.windowSamples, 1, features.fftSize);
    check.range("hop_length", features.hopSamples, 1, 1 << 16);
    check.range("n_mels", features.melBins, 1, 1024);
    check.require(2 * features.melBins == config.encoder.inputDim, "n_mels", features.melBins,
                  fmt::format("half of config.json's encoder_config.input_dim, which is {}",
                              config.encoder.inputDim));
}

/// A rough count, only to refuse what cannot be meant before memory is asked for.
void checkTotal(const GraniteConfig& config, const Checker& check) {
    const TextConfig& text = config.text;
    const auto real = [](std::int64_t value) { return static_cast<double>(value); };
    const double heads = real(text.numAttentionHeads + text.numKeyValueHeads) * 2;
    const double layer =
        real(text.hiddenSize) * (heads * real(text.headDim) + 3.0 * real(text.intermediateSize));
    const EncoderConfig& encoder = config.encoder;
    const double block = real(encoder.hiddenDim) *
                         (real(encoder.hiddenDim) * (4.0 * real(encoder.feedforwardMult) +
                                                     3.0 * real(encoder.convExpansionFactor)) +
                          4.0 * real(encoder.numHeads) * real(encoder.dimHead));
    const double total = real(text.vocabSize) * real(text.hiddenSize) * 2 +
                         layer * real(text.numHiddenLayers) + block * real(encoder.numLayers);
    if (total > kMaxParameters)
        check.fail("(sizes together)", fmt::format("{:.3g} parameters", total),
                   fmt::format("at most {:.0e}; one of the sizes is wrong", kMaxParameters));
}

} // namespace

void requireValidGraniteConfig(const GraniteConfig& config, const std::string& origin) {
    const Checker top(origin, "");
    checkEncoder(config.encoder, Checker(origin, "encoder_config."));
    checkText(config.text, Checker(origin, "text_config."));
    checkProjector(config, Checker(origin, "projector_config."));
    top.range("window_size", config.windowSize, 1, kMaxFrames);
    top.range("downsample_rate", config.downsampleRate, 1, config.windowSize);
    top.range("audio_token_index", config.audioTokenIndex, 0, config.text.vocabSize - 1);
    checkFeatures(config, Checker(origin, "feature extractor: "));
    checkTotal(config, top);
}

} // namespace viva
