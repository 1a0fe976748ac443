// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/granite/config/granite_config.h"

#include "core/base/error.h"
#include "core/base/inside_folder.h"
#include "core/base/json_reader.h"
#include "core/families/granite/config/granite_config_check.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>

namespace viva {

namespace {

namespace fs = std::filesystem;

using Notes = std::vector<std::string>;

void requireWord(JsonReader& reader, std::string_view key, std::string_view supported) {
    std::string value(supported);
    reader.optional(key, value);
    if (value != supported)
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("config.json: {} is \"{}\", but only \"{}\" is supported", key,
                                value, supported));
}

void requireFlag(JsonReader& reader, std::string_view key, bool supported) {
    bool value = supported;
    reader.optional(key, value);
    if (value != supported)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("config.json: {} is {}, but only {} is supported", key, value, supported));
}

/// The set of captured layers: ascending, each once, below numLayers, as transformers takes it.
std::vector<std::int64_t> readCaptured(JsonReader& reader, std::int64_t numLayers, Notes& notes) {
    std::vector<int> listed;
    reader.optional("cat_hidden_layers", listed);
    std::set<std::int64_t> kept;
    for (const int layer : listed) {
        if (layer >= 0 && layer < numLayers)
            kept.insert(layer);
        else
            notes.push_back(fmt::format("encoder_config.cat_hidden_layers names layer {}, which is "
                                        "not below num_layers ({}) and is left out",
                                        layer, numLayers));
    }
    return {kept.begin(), kept.end()};
}

/// Present but null, which the reader does not tell from absent.
bool isNull(const nlohmann::json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_null();
}

EncoderConfig readEncoder(JsonReader reader, const nlohmann::json& json, Notes& notes) {
    EncoderConfig encoder;
    // A missing key means the default of transformers' class, which leaves defaults out when
    // saving.
    encoder.numLayers = 10;
    encoder.outputDim = 42;
    reader.optional("input_dim", encoder.inputDim);
    reader.optional("num_layers", encoder.numLayers);
    reader.optional("hidden_dim", encoder.hiddenDim);
    reader.optional("feedforward_mult", encoder.feedforwardMult);
    reader.optional("num_heads", encoder.numHeads);
    if (isNull(json, "dim_head") && encoder.numHeads > 0)
        encoder.dimHead = encoder.hiddenDim / encoder.numHeads;
    reader.optional("dim_head", encoder.dimHead);
    reader.optional("output_dim", encoder.outputDim);
    reader.optional("context_size", encoder.contextSize);
    reader.optional("max_pos_emb", encoder.maxPosEmb);
    reader.optional("conv_kernel_size", encoder.convKernelSize);
    reader.optional("conv_expansion_factor", encoder.convExpansionFactor);
    encoder.catHiddenLayers = readCaptured(reader, encoder.numLayers, notes);
    return encoder;
}

ProjectorConfig readProjector(JsonReader reader) {
    ProjectorConfig projector;
    // The class defaults of blip_2_qformer are another model's, so the sizes must be there.
    reader.required("hidden_size", projector.hiddenSize);
    reader.required("num_hidden_layers", projector.numHiddenLayers);
    reader.required("num_attention_heads", projector.numAttentionHeads);
    reader.required("intermediate_size", projector.intermediateSize);
    reader.required("encoder_hidden_size", projector.encoderHiddenSize);
    reader.optional("cross_attention_frequency", projector.crossAttentionFrequency);
    reader.optional("layer_norm_eps", projector.layerNormEps);
    requireWord(reader, "hidden_act", "gelu");
    requireWord(reader, "position_embedding_type", "absolute");
    requireFlag(reader, "use_qformer_text_input", false);
    return projector;
}

void requireDefaultRope(JsonReader rope, std::string_view key) {
    for (const char* name : {"rope_type", "type"}) {
        std::string type = "default";
        rope.optional(name, type);
        if (type != "default")
            throw Error(ErrorCode::InvalidArgument,
                        fmt::format("config.json: text_config.{}.{} is \"{}\", but only plain "
                                    "rotary positions (\"default\") are supported",
                                    key, name, type));
    }
}

void readRope(JsonReader& reader, TextConfig& text) {
    text.ropeTheta = 10000.0;
    reader.optional("rope_theta", text.ropeTheta);
    if (auto rope = reader.object("rope_parameters")) {
        rope->optional("rope_theta", text.ropeTheta);
        double part = 1.0;
        rope->optional("partial_rotary_factor", part);
        if (part != 1.0)
            rope->fail("partial_rotary_factor", "only 1.0 is supported");
        requireDefaultRope(std::move(*rope), "rope_parameters");
    }
    if (auto scaling = reader.object("rope_scaling"))
        requireDefaultRope(std::move(*scaling), "rope_scaling");
}

/// A token id or a list of them; empty where the key is absent or null.
std::vector<int> readTokenIds(JsonReader& reader, std::string_view key) {
    std::vector<int> ids;
    const nlohmann::json* raw = reader.raw(key);
    if (raw == nullptr || raw->is_null())
        return ids;
    if (raw->is_array()) {
        reader.optional(key, ids);
        if (ids.empty())
            reader.fail(key, "is an empty list; expected a token id");
    } else {
        reader.optional(key, ids.emplace_back());
    }
    return ids;
}

/// A token id, or the first of a list of them.
void readTokenId(JsonReader& reader, std::string_view key, std::int64_t& value, Notes& notes) {
    const std::vector<int> ids = readTokenIds(reader, key);
    if (ids.empty())
        return;
    value = ids.front();
    if (ids.size() > 1)
        notes.push_back(fmt::format("text_config.{} lists {} ids; the first, {}, is used", key,
                                    ids.size(), value));
}

void addEosTokens(TextConfig& text, const std::vector<int>& ids) {
    for (const std::int64_t id : ids)
        if (id != text.eosTokenId &&
            std::ranges::find(text.moreEosTokenIds, id) == text.moreEosTokenIds.end())
            text.moreEosTokenIds.push_back(id);
}

void readEosTokens(JsonReader& reader, TextConfig& text) {
    const std::vector<int> ids = readTokenIds(reader, "eos_token_id");
    if (!ids.empty())
        text.eosTokenId = ids.front();
    addEosTokens(text, ids);
}

void readMultipliers(JsonReader& reader, TextConfig& text, Notes& notes) {
    const std::array<std::pair<const char*, double*>, 4> multipliers{
        {{"attention_multiplier", &text.attentionMultiplier},
         {"embedding_multiplier", &text.embeddingMultiplier},
         {"residual_multiplier", &text.residualMultiplier},
         {"logits_scaling", &text.logitsScaling}}};
    for (const auto& [key, value] : multipliers) {
        *value = 1.0;
        reader.optional(key, *value);
        if (!reader.has(key))
            notes.push_back(fmt::format("text_config.{} is missing; 1.0 is used, as transformers "
                                        "does",
                                        key));
    }
}

TextConfig readText(JsonReader reader, const std::optional<bool>& tieTopLevel, Notes& notes) {
    TextConfig text;
    requireWord(reader, "model_type", "granite");
    requireWord(reader, "hidden_act", "silu");
    reader.required("vocab_size", text.vocabSize);
    reader.required("hidden_size", text.hiddenSize);
    reader.required("intermediate_size", text.intermediateSize);
    reader.required("num_hidden_layers", text.numHiddenLayers);
    reader.required("num_attention_heads", text.numAttentionHeads);
    text.numKeyValueHeads = text.numAttentionHeads;
    reader.optional("num_key_value_heads", text.numKeyValueHeads);
    text.headDim = text.numAttentionHeads > 0 ? text.hiddenSize / text.numAttentionHeads : 0;
    reader.optional("head_dim", text.headDim);
    readMultipliers(reader, text, notes);
    readRope(reader, text);
    text.maxPositionEmbeddings = 2048;
    reader.optional("max_position_embeddings", text.maxPositionEmbeddings);
    text.rmsNormEps = 1e-6;
    reader.optional("rms_norm_eps", text.rmsNormEps);
    // Which of the two counts differs over versions of transformers; a stored head settles it
    // later.
    text.tieWordEmbeddings = tieTopLevel.value_or(true);
    reader.optional("tie_word_embeddings", text.tieWordEmbeddings);
    reader.optional("attention_bias", text.attentionBias);
    reader.optional("mlp_bias", text.mlpBias);
    readTokenId(reader, "bos_token_id", text.bosTokenId, notes);
    readEosTokens(reader, text);
    text.padTokenId = text.eosTokenId;
    readTokenId(reader, "pad_token_id", text.padTokenId, notes);
    return text;
}

/// Reads one size from its two homes; where they disagree `melspec_kwargs` counts, unless only the
/// flat one fits the `expected` value.
void readFeatureSize(JsonReader& flat, JsonReader* nested, const char* key, int& value,
                     std::optional<std::int64_t> expected, Notes& notes) {
    int flatValue = value;
    flat.optional(key, flatValue);
    int nestedValue = flatValue;
    if (nested != nullptr)
        nested->optional(key, nestedValue);
    value = nestedValue;
    if (flatValue == nestedValue || !flat.has(key))
        return;
    if (expected && flatValue == *expected)
        value = flatValue;
    notes.push_back(fmt::format("the feature extractor's {} is {} beside melspec_kwargs.{} {}; {} "
                                "is used",
                                key, flatValue, key, nestedValue, value));
}

void readExtractor(JsonReader reader, GraniteConfig& config) {
    FeatureConfig& features = config.features;
    auto nested = reader.object("melspec_kwargs");
    JsonReader* inner = nested ? &*nested : nullptr;
    Notes& notes = config.notes;
    readFeatureSize(reader, inner, "n_fft", features.fftSize, std::nullopt, notes);
    readFeatureSize(reader, inner, "win_length", features.windowSamples, std::nullopt, notes);
    readFeatureSize(reader, inner, "hop_length", features.hopSamples, std::nullopt, notes);
    readFeatureSize(reader, inner, "n_mels", features.melBins, config.encoder.inputDim / 2, notes);
    reader.optional("sampling_rate", features.sampleRateHz);
    int innerRate = features.sampleRateHz;
    if (inner != nullptr)
        inner->optional("sample_rate", innerRate);
    if (innerRate != features.sampleRateHz)
        notes.push_back(fmt::format("sampling_rate {} and melspec_kwargs.sample_rate {} of the "
                                    "feature extractor differ; the first is used",
                                    features.sampleRateHz, innerRate));
    const std::array<std::pair<const char*, std::int64_t>, 2> shared{
        {{"projector_window_size", config.windowSize},
         {"projector_downsample_rate", config.downsampleRate}}};
    for (const auto& [key, own] : shared) {
        std::int64_t value = own;
        reader.optional(key, value);
        if (value != own)
            notes.push_back(fmt::format("the feature extractor's {} is {}, config.json says {}; "
                                        "config.json counts",
                                        key, value, own));
    }
}

void readFeatures(const fs::path& folder, GraniteConfig& config) {
    const fs::path own = fileInside(folder, "preprocessor_config.json");
    const fs::path shared = fileInside(folder, "processor_config.json");
    if (fs::exists(own)) {
        const nlohmann::json json = readJsonFile(own);
        readExtractor(JsonReader(json, own.string()), config);
        return;
    }
    if (fs::exists(shared)) {
        const nlohmann::json json = readJsonFile(shared);
        JsonReader reader(json, shared.string());
        for (const char* key : {"audio_processor", "feature_extractor"})
            if (auto extractor = reader.object(key)) {
                readExtractor(std::move(*extractor), config);
                return;
            }
    }
    config.features.melBins =
        static_cast<int>(std::min<std::int64_t>(config.encoder.inputDim / 2, 1 << 16));
    config.notes.push_back(fmt::format("no preprocessor_config.json: {} mel bins and the usual "
                                       "512-point frames at 16 kHz are taken",
                                       config.features.melBins));
}

void readAudioToken(JsonReader& reader, GraniteConfig& config) {
    config.audioTokenIndex = 49155;
    reader.optional("audio_token_id", config.audioTokenIndex);
    reader.optional("audio_token_index", config.audioTokenIndex);
}

JsonReader requireSection(JsonReader& reader, const char* key, const char* alias = nullptr) {
    if (auto section = reader.object(key))
        return std::move(*section);
    if (alias != nullptr)
        if (auto section = reader.object(alias))
            return std::move(*section);
    reader.fail(key, "is missing; this is not the configuration of a Granite Speech model");
}

void readTopLevel(const nlohmann::json& json, const std::string& origin, GraniteConfig& config) {
    JsonReader reader(json, origin);
    reader.required("model_type", config.modelType);
    if (config.modelType != "granite_speech" && config.modelType != "granite_speech_plus")
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("{}: model_type is \"{}\", but only \"granite_speech\" and "
                                "\"granite_speech_plus\" can be opened",
                                origin, config.modelType));
    readAudioToken(reader, config);
    reader.optional("window_size", config.windowSize);
    reader.optional("downsample_rate", config.downsampleRate);
    std::optional<bool> tie;
    if (reader.has("tie_word_embeddings")) {
        tie.emplace(true);
        reader.optional("tie_word_embeddings", *tie);
    }
    config.tieWordEmbeddingsTopLevel = tie.value_or(true);
    JsonReader encoder = requireSection(reader, "encoder_config");
    config.encoder = readEncoder(std::move(encoder), json["encoder_config"], config.notes);
    config.projector = readProjector(requireSection(reader, "projector_config"));
    config.text = readText(requireSection(reader, "text_config", "llm_config"), tie, config.notes);
    if (tie && *tie != config.text.tieWordEmbeddings)
        config.notes.push_back(fmt::format("tie_word_embeddings is {} at the top and {} in "
                                           "text_config; the stored tensors decide",
                                           *tie, config.text.tieWordEmbeddings));
    bool hasAdapter = false;
    reader.optional("has_lora_adapter", hasAdapter);
    if (hasAdapter && !config.bundledAdapter)
        config.notes.push_back("config.json promises a LoRA adapter, but there is no "
                               "adapter_config.json: transcripts may be poor");
}

/// What generation_config.json says that sampling must know: every token that ends an answer. A
/// repetition penalty is left out, which is said.
void readGeneration(const fs::path& folder, GraniteConfig& config) {
    if (!existsInside(folder, "generation_config.json"))
        return;
    const fs::path file = fileInside(folder, "generation_config.json");
    const nlohmann::json json = readJsonFile(file);
    JsonReader reader(json, file.string());
    addEosTokens(config.text, readTokenIds(reader, "eos_token_id"));
    double penalty = 1.0;
    reader.optional("repetition_penalty", penalty);
    if (penalty != 1.0)
        config.notes.push_back(
            fmt::format("generation_config.json asks for a repetition penalty of {}; it is not "
                        "used: with it, sampled answers would not come from the policy that is "
                        "trained",
                        penalty));
}

} // namespace

GraniteConfig readGraniteConfig(const fs::path& folder) {
    if (!fs::is_directory(folder))
        throw Error(ErrorCode::NotFound,
                    fmt::format("{} is not a folder; a model is opened by the folder that holds "
                                "its config.json",
                                folder.string()));
    const fs::path file = fileInside(folder, "config.json");
    GraniteConfig config;
    if (existsInside(folder, "adapter_config.json"))
        config.bundledAdapter = readAdapterConfig(fileInside(folder, "adapter_config.json"));
    const nlohmann::json json = readJsonFile(file);
    readTopLevel(json, file.string(), config);
    readFeatures(folder, config);
    readGeneration(folder, config);
    requireValidGraniteConfig(config, file.string());
    return config;
}

} // namespace viva
