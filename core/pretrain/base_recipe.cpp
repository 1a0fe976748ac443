// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/pretrain/base_recipe.h"

#include "core/base/json_reader.h"

#include <nlohmann/json.hpp>

namespace viva {
namespace {

void readEncoder(JsonReader json, EncoderConfig& encoder) {
    json.required("hidden_dim", encoder.hiddenDim);
    json.required("num_layers", encoder.numLayers);
    json.required("num_heads", encoder.numHeads);
    json.required("dim_head", encoder.dimHead);
    json.required("feedforward_mult", encoder.feedforwardMult);
    json.required("output_dim", encoder.outputDim);
    json.required("context_size", encoder.contextSize);
    json.required("max_pos_emb", encoder.maxPosEmb);
    json.required("conv_kernel_size", encoder.convKernelSize);
    json.required("conv_expansion_factor", encoder.convExpansionFactor);
    json.finish();
}

void readProjector(JsonReader json, GraniteConfig& model) {
    json.required("hidden_size", model.projector.hiddenSize);
    json.required("num_hidden_layers", model.projector.numHiddenLayers);
    json.required("num_attention_heads", model.projector.numAttentionHeads);
    json.required("intermediate_size", model.projector.intermediateSize);
    json.required("window_size", model.windowSize);
    json.required("downsample_rate", model.downsampleRate);
    json.finish();
}

void readText(JsonReader json, TextConfig& text) {
    json.required("hidden_size", text.hiddenSize);
    json.required("intermediate_size", text.intermediateSize);
    json.required("num_hidden_layers", text.numHiddenLayers);
    json.required("num_attention_heads", text.numAttentionHeads);
    json.required("num_key_value_heads", text.numKeyValueHeads);
    json.required("head_dim", text.headDim);
    json.required("attention_multiplier", text.attentionMultiplier);
    json.required("embedding_multiplier", text.embeddingMultiplier);
    json.required("residual_multiplier", text.residualMultiplier);
    json.required("logits_scaling", text.logitsScaling);
    json.required("rope_theta", text.ropeTheta);
    json.required("max_position_embeddings", text.maxPositionEmbeddings);
    json.finish();
}

void readAugment(JsonReader json, BaseRecipe& recipe) {
    json.required("variants", recipe.augmentedVariants);
    json.required("seed", recipe.augmentSeed);
    json.required("min_speed", recipe.augment.minSpeed);
    json.required("max_speed", recipe.augment.maxSpeed);
    json.required("max_tilt_db", recipe.augment.maxTiltDb);
    json.finish();
}

BaseStageRecipe readStage(JsonReader& json) {
    BaseStageRecipe stage;
    json.required("steps", stage.steps);
    json.required("warmup_steps", stage.warmupSteps);
    json.required("batch", stage.batch);
    json.required("learning_rate", stage.learningRate);
    return stage;
}

JsonReader part(JsonReader& json, const char* key) {
    auto found = json.object(key);
    if (!found)
        json.fail(key, "is missing");
    return std::move(*found);
}

} // namespace

BaseRecipe readBaseRecipe(const std::filesystem::path& file) {
    const nlohmann::json text = readJsonFile(file);
    JsonReader json(text, file.string());
    BaseRecipe recipe;
    json.required("seed", recipe.seed);
    json.required("vocabulary", recipe.vocabulary);
    readAugment(part(json, "augment"), recipe);
    readEncoder(part(json, "encoder"), recipe.model.encoder);
    readProjector(part(json, "projector"), recipe.model);
    readText(part(json, "text"), recipe.model.text);
    JsonReader ctc = part(json, "ctc");
    recipe.ctc = readStage(ctc);
    ctc.finish();
    JsonReader lm = part(json, "lm");
    recipe.lm = readStage(lm);
    lm.optional("tag", recipe.lmTag);
    if (const nlohmann::json* mix = lm.raw("mix"); mix && mix->is_object())
        for (const auto& [task, share] : mix->items()) {
            if (!share.is_number())
                lm.fail("mix." + task, "must be a number");
            recipe.mix.emplace_back(task, share.get<double>());
        }
    else
        lm.fail("mix", "must name tasks and their shares");
    lm.finish();
    json.finish();
    recipe.model.projector.encoderHiddenSize = recipe.model.encoder.outputWidth();
    recipe.model.encoder.inputDim = 2L * recipe.model.features.melBins;
    return recipe;
}

} // namespace viva
