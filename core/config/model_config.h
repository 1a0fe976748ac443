// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/weight_name.h"

#include <cmath>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace viva {

/// The decoder: layers of the Llama kind and four multipliers, each 1 where a family has none.
/// @source GraniteConfig of transformers; names follow config.json.
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
    int stackedFrames = 2; ///< mel frames that one row of features holds
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

/// The networks of a speech model, in the order a clip passes through them.
enum class ModelStage { Encoder, Projector, Decoder };

/// How one network is called.
struct PartNames {
    ModelStage stage = ModelStage::Encoder;
    std::string name;      ///< for people: "language model"
    std::string prefix;    ///< what the names of its weights begin with: "language_model."
    bool trainable = true; ///< its weights can be trained whole
};

/// What can be said about an encoder of any kind.
struct EncoderSizes {
    std::int64_t layers = 0;
    std::int64_t width = 0;                   ///< of a layer
    std::int64_t outputWidth = 0;             ///< captured layers included
    std::vector<std::int64_t> capturedLayers; ///< handed on beside the last one
    std::int64_t parameters = 0;              ///< running statistics included
    std::int64_t attentionHeads = 0;
    std::int64_t attentionSpan = 0;  ///< frames that a frame attends to
    std::int64_t valuesPerFrame = 0; ///< that one layer holds at once, without attention's scores
};

/// A checkpoint's sizes as everything outside its family knows them; made by the family from
/// config.json, preprocessor_config.json and adapter_config.json.
struct SpeechModelConfig {
    std::string modelType;        ///< of config.json
    std::vector<PartNames> parts; ///< one for each ModelStage, in its order
    /// The name a stored tensor has in the modules' own naming.
    std::string (*weightName)(std::string_view stored) = canonicalWeightName;
    EncoderSizes encoder;
    std::int64_t projectorParameters = 0;
    TextConfig text;
    FeatureConfig features;
    std::string audioPlaceholder; ///< stands in a prompt's text where the clip is heard
    std::int64_t audioTokenIndex = 0;
    std::int64_t framesPerWindow = 1; ///< rows of features that become tokensPerWindow audio tokens
    std::int64_t tokensPerWindow = 1;
    std::optional<AdapterConfig> bundledAdapter;
    std::vector<std::string> notes; ///< disagreements that were settled, in words

    [[nodiscard]] const PartNames& part(ModelStage stage) const {
        return parts.at(static_cast<std::size_t>(stage));
    }
    /// The decoder's head, which is stored when it is not tied.
    [[nodiscard]] std::string headName() const {
        return part(ModelStage::Decoder).prefix + "lm_head.weight";
    }
};

/// A published shape that a model with random weights can be made in, or fewer layers of it.
struct ModelShape {
    std::string name;
    std::int64_t decoderLayers = 0; ///< 0 = all
    std::int64_t encoderLayers = 0; ///< 0 = all
};

/// Rows of features of a clip: floor((samples / hop + 1) / stackedFrames).
[[nodiscard]] std::int64_t featureFrames(std::int64_t samples, const FeatureConfig& features);

/// Audio tokens of a clip: tokensPerWindow * ceil(frames / framesPerWindow).
[[nodiscard]] std::int64_t audioTokenCount(std::int64_t frames, const SpeechModelConfig& config);

/// adapter_config.json of a folder. @throws Error(NotFound | Format | InvalidArgument) naming file,
/// key, value and what is supported.
[[nodiscard]] AdapterConfig readAdapterConfig(const std::filesystem::path& file);

} // namespace viva
