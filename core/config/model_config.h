// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
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

/// Granite decoder. @source GraniteConfig; names follow config.json.
struct TextConfig {
    std::int64_t vocabSize = 49160;
    std::int64_t hiddenSize = 2048;
    std::int64_t intermediateSize = 8192;
    std::int64_t numHiddenLayers = 40;
    std::int64_t numAttentionHeads = 32;
    std::int64_t numKeyValueHeads = 8;
    std::int64_t headDim = 64;
    double attentionMultiplier = 0.015625; ///< softmax scale, used instead of 1/sqrt(headDim)
    double embeddingMultiplier = 12.0;
    double residualMultiplier = 0.22;
    double logitsScaling = 8.0;
    double ropeTheta = 1e7;
    std::int64_t maxPositionEmbeddings = 131072;
    double rmsNormEps = 1e-5;
    bool tieWordEmbeddings = true;
    bool attentionBias = false;
    bool mlpBias = false;
    std::int64_t bosTokenId = 0;
    std::int64_t eosTokenId = 0;
    std::int64_t padTokenId = 0;
    std::vector<std::int64_t> moreEosTokenIds; ///< further tokens that end an answer

    /// eosTokenId, with which references end, then the others.
    [[nodiscard]] std::vector<std::int64_t> eosTokenIds() const {
        std::vector<std::int64_t> ids{eosTokenId};
        ids.insert(ids.end(), moreEosTokenIds.begin(), moreEosTokenIds.end());
        return ids;
    }
};

/// Log-mel front end as the checkpoint's preprocessor states it.
struct FeatureConfig {
    int sampleRateHz = 16000;
    int fftSize = 512;
    int windowSamples = 400;
    int hopSamples = 160;
    int melBins = 80;
};

/// A LoRA as adapter_config.json states it; core/model/adapter_rules.h says what it means for one
/// module.
struct AdapterConfig {
    std::int64_t rank = 64;
    double alpha = 32.0;
    double dropout = 0.0;
    bool rslora = false; ///< the update is scaled by alpha / sqrt(rank)
    std::vector<std::string> targetModules{"q_proj", "v_proj"};
    std::string targetRegex; ///< set when target_modules is a regular expression
    /// Further keys choose among the targets (layers_to_transform, exclude_modules, "all-linear"):
    /// which modules have factors is what the file says.
    bool chosenByFile = false;
    /// Modules of another rank or alpha: an expression over the end of the name, and the value.
    std::vector<std::pair<std::string, std::int64_t>> rankPattern;
    std::vector<std::pair<std::string, double>> alphaPattern;
    bool withProjector = false; ///< the projector was trained too and lies beside the factors

    /// Of modules that no pattern names. @source arXiv 2106.09685, 4.1; rsLoRA, arXiv 2312.03732
    [[nodiscard]] double scale() const { return scaleOf(rank, alpha); }
    [[nodiscard]] double scaleOf(std::int64_t ofRank, double ofAlpha) const {
        const auto width = static_cast<double>(ofRank);
        return ofAlpha / (rslora ? std::sqrt(width) : width);
    }
};

/// Everything config.json, preprocessor_config.json (or processor_config.json) and
/// adapter_config.json of a checkpoint folder say about sizes.
struct SpeechModelConfig {
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

/// Encoder frames of a clip: floor((samples / hop + 1) / 2).
[[nodiscard]] std::int64_t encoderFrames(std::int64_t samples, const FeatureConfig& features);

/// Audio tokens of a clip: queriesPerWindow * ceil(encoderFrames / windowSize).
[[nodiscard]] std::int64_t audioTokenCount(std::int64_t encoderFrames,
                                           const SpeechModelConfig& config);

/// Reads the configuration files of a checkpoint folder, older spellings included.
/// @throws Error(NotFound | Format | InvalidArgument) naming file, key, value and what is
/// supported.
[[nodiscard]] SpeechModelConfig readModelConfig(const std::filesystem::path& folder);

/// adapter_config.json of a folder. @throws Error as above, and for features that are not
/// supported.
[[nodiscard]] AdapterConfig readAdapterConfig(const std::filesystem::path& file);

/// Writes config.json and preprocessor_config.json so that transformers opens the folder.
void writeModelConfig(const std::filesystem::path& folder, const SpeechModelConfig& config);

} // namespace viva
