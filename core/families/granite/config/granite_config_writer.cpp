// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/atomic_file.h"
#include "core/families/granite/config/granite_config.h"
#include "core/families/granite/config/granite_config_check.h"

#include <nlohmann/json.hpp>

namespace viva {

namespace {

// Ordered, so that the same configuration is the same file.
using Json = nlohmann::ordered_json;

bool isPlus(const GraniteConfig& config) {
    return config.modelType == "granite_speech_plus" || !config.encoder.catHiddenLayers.empty();
}

Json encoderJson(const EncoderConfig& encoder, bool plus) {
    Json json{{"model_type", plus ? "granite_speech_plus_encoder" : "granite_speech_encoder"},
              {"input_dim", encoder.inputDim},
              {"num_layers", encoder.numLayers},
              {"hidden_dim", encoder.hiddenDim},
              {"feedforward_mult", encoder.feedforwardMult},
              {"num_heads", encoder.numHeads},
              {"dim_head", encoder.dimHead},
              {"output_dim", encoder.outputDim},
              {"context_size", encoder.contextSize},
              {"max_pos_emb", encoder.maxPosEmb},
              {"dropout", 0.1},
              {"conv_kernel_size", encoder.convKernelSize},
              {"conv_expansion_factor", encoder.convExpansionFactor}};
    if (plus)
        json["cat_hidden_layers"] = encoder.catHiddenLayers;
    return json;
}

Json projectorJson(const ProjectorConfig& projector) {
    return Json{{"model_type", "blip_2_qformer"},
                {"hidden_size", projector.hiddenSize},
                {"num_hidden_layers", projector.numHiddenLayers},
                {"num_attention_heads", projector.numAttentionHeads},
                {"intermediate_size", projector.intermediateSize},
                {"encoder_hidden_size", projector.encoderHiddenSize},
                {"cross_attention_frequency", projector.crossAttentionFrequency},
                {"layer_norm_eps", projector.layerNormEps},
                {"hidden_act", "gelu"},
                {"hidden_dropout_prob", 0.1},
                {"attention_probs_dropout_prob", 0.1},
                {"position_embedding_type", "absolute"},
                {"use_qformer_text_input", false},
                {"initializer_range", 0.02},
                {"max_position_embeddings", 2048},
                {"pad_token_id", 0},
                {"vocab_size", 64}};
}

Json textJson(const TextConfig& text) {
    // rope_theta twice: transformers 4 reads the flat key, 5 the nested one.
    return Json{{"model_type", "granite"},
                {"vocab_size", text.vocabSize},
                {"hidden_size", text.hiddenSize},
                {"intermediate_size", text.intermediateSize},
                {"num_hidden_layers", text.numHiddenLayers},
                {"num_attention_heads", text.numAttentionHeads},
                {"num_key_value_heads", text.numKeyValueHeads},
                {"head_dim", text.headDim},
                {"hidden_act", "silu"},
                {"attention_multiplier", text.attentionMultiplier},
                {"embedding_multiplier", text.embeddingMultiplier},
                {"residual_multiplier", text.residualMultiplier},
                {"logits_scaling", text.logitsScaling},
                {"rope_theta", text.ropeTheta},
                {"rope_parameters", Json{{"rope_theta", text.ropeTheta}, {"rope_type", "default"}}},
                {"max_position_embeddings", text.maxPositionEmbeddings},
                {"rms_norm_eps", text.rmsNormEps},
                {"tie_word_embeddings", text.tieWordEmbeddings},
                {"attention_bias", text.attentionBias},
                {"attention_dropout", 0.0},
                {"mlp_bias", text.mlpBias},
                {"initializer_range", 0.02},
                {"use_cache", true},
                {"bos_token_id", text.bosTokenId},
                {"eos_token_id", text.eosTokenId},
                {"pad_token_id", text.padTokenId}};
}

Json preprocessorJson(const GraniteConfig& config) {
    const FeatureConfig& features = config.features;
    // The sizes twice: transformers 4 reads melspec_kwargs, 5 the flat keys.
    return Json{{"feature_extractor_type", "GraniteSpeechFeatureExtractor"},
                {"processor_class", "GraniteSpeechProcessor"},
                {"melspec_kwargs", Json{{"sample_rate", features.sampleRateHz},
                                        {"n_fft", features.fftSize},
                                        {"win_length", features.windowSamples},
                                        {"hop_length", features.hopSamples},
                                        {"n_mels", features.melBins}}},
                {"feature_size", features.melBins},
                {"sampling_rate", features.sampleRateHz},
                {"n_fft", features.fftSize},
                {"win_length", features.windowSamples},
                {"hop_length", features.hopSamples},
                {"n_mels", features.melBins},
                {"padding_side", "right"},
                {"padding_value", 0.0},
                {"return_attention_mask", true},
                {"projector_window_size", config.windowSize},
                {"projector_downsample_rate", config.downsampleRate}};
}

} // namespace

void writeGraniteConfig(const std::filesystem::path& folder, const GraniteConfig& config) {
    requireValidGraniteConfig(config, (folder / "config.json").string());
    const bool plus = isPlus(config);
    const Json json{
        {"architectures", Json::array({plus ? "GraniteSpeechPlusForConditionalGeneration"
                                            : "GraniteSpeechForConditionalGeneration"})},
        {"model_type", plus ? "granite_speech_plus" : "granite_speech"},
        {"audio_token_index", config.audioTokenIndex},
        {"window_size", config.windowSize},
        {"downsample_rate", config.downsampleRate},
        {"has_lora_adapter", config.bundledAdapter.has_value()},
        {"initializer_range", 0.02},
        // transformers 5 lets the top level decide, so it must say what is stored.
        {"tie_word_embeddings", config.text.tieWordEmbeddings},
        {"encoder_config", encoderJson(config.encoder, plus)},
        {"projector_config", projectorJson(config.projector)},
        {"text_config", textJson(config.text)}};
    writeFileAtomically(folder / "config.json", json.dump(2) + "\n");
    writeFileAtomically(folder / "preprocessor_config.json",
                        preprocessorJson(config).dump(2) + "\n");
}

} // namespace viva
