// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace viva {

/// Conformer encoder with block-local attention and a mid-layer CTC head.
/// @source GraniteSpeechEncoderConfig; names follow config.json.
struct EncoderConfig {
    std::int64_t inputDim = 160;
    std::int64_t numLayers = 16;
    std::int64_t hiddenDim = 1024;
    std::int64_t feedforwardMult = 4;
    std::int64_t numHeads = 8;
    std::int64_t dimHead = 128;
    std::int64_t outputDim = 256;   ///< CTC labels; label 0 is the blank
    std::int64_t contextSize = 200; ///< frames an attention block holds
    std::int64_t maxPosEmb = 512;
    std::int64_t convKernelSize = 15;
    std::int64_t convExpansionFactor = 2;
    std::vector<std::int64_t>
        catHiddenLayers; ///< ascending, below numLayers; 0 = input_linear's output

    /// Width of the encoder's output, captured layers included.
    [[nodiscard]] std::int64_t outputWidth() const {
        return hiddenDim * (1 + static_cast<std::int64_t>(catHiddenLayers.size()));
    }
};

/// Windowed Q-Former. @source Blip2QFormerConfig; names follow config.json.
struct ProjectorConfig {
    std::int64_t hiddenSize = 1024;
    std::int64_t numHiddenLayers = 2;
    std::int64_t numAttentionHeads = 16;
    std::int64_t intermediateSize = 4096;
    std::int64_t encoderHiddenSize = 1024;
    std::int64_t crossAttentionFrequency = 1;
    double layerNormEps = 1e-12;
};

/// Everything that the files of a Granite Speech folder say about sizes.
struct GraniteConfig {
    std::string modelType = "granite_speech";
    EncoderConfig encoder;
    ProjectorConfig projector;
    TextConfig text;
    FeatureConfig features;
    std::int64_t audioTokenIndex = 49159;
    std::int64_t windowSize = 15;
    std::int64_t downsampleRate = 5;
    bool tieWordEmbeddingsTopLevel = true;
    std::optional<AdapterConfig> bundledAdapter;
    std::vector<std::string> notes; ///< disagreements that were settled, in words

    [[nodiscard]] std::int64_t queriesPerWindow() const { return windowSize / downsampleRate; }
};

/// Reads the configuration files of a checkpoint folder, older spellings included.
/// @throws Error(NotFound | Format | InvalidArgument) naming file, key, value and what is
/// supported.
[[nodiscard]] GraniteConfig readGraniteConfig(const std::filesystem::path& folder);

/// Writes config.json and preprocessor_config.json so that transformers opens the folder.
void writeGraniteConfig(const std::filesystem::path& folder, const GraniteConfig& config);

/// The same for those who do not know the family.
[[nodiscard]] SpeechModelConfig describe(const GraniteConfig& config);

} // namespace viva
