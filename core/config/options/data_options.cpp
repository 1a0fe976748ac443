// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/config/options/option_tables.h"

#include <array>

namespace viva {
namespace {

constexpr std::array kModel{
    option<&TrainConfig::name>(
        {.key = "name",
         .label = "Name of the run",
         .effect = "How the run is listed; empty makes one from objective and time.",
         .source = kOwn}),
    option<&TrainConfig::model>(
        {.key = "model",
         .label = "Base model",
         .trlName = "model_name_or_path",
         .effect =
             "The checkpoint folder that training starts from, or demo for the built-in model.",
         .source = kTrlModel,
         .common = true}),
};

constexpr std::array kData{
    option<&TrainConfig::data, &DataSpec::manifest>(
        {.key = "data.manifest",
         .label = "Data set",
         .trlName = "dataset_name",
         .effect = "The manifest.jsonl with clips, questions and references, demo, or project for "
                   "the project's own clips.",
         .source = kOwn}),
    option<&TrainConfig::data, &DataSpec::tasks>(
        {.key = "data.tasks",
         .label = "Tasks",
         .effect = "Only examples of these tasks are used (sqa, ast, asr); empty uses all.",
         .source = kOwn}),
    option<&TrainConfig::data, &DataSpec::trainSplit>(
        {.key = "data.train_split",
         .label = "Training split",
         .trlName = "dataset_train_split",
         .effect = "The split whose examples are trained on.",
         .source = "TRL 1.16.0, ScriptArguments"}),
    option<&TrainConfig::data, &DataSpec::evalSplits>(
        {.key = "data.eval_splits",
         .label = "Held-out splits",
         .trlName = "dataset_test_split",
         .effect = "The splits that are evaluated and never trained on.",
         .source = "TRL 1.16.0, ScriptArguments"}),
};

constexpr std::array kLora{
    option<&TrainConfig::lora, &LoraSpec::rank>(
        {.key = "lora.r",
         .label = "Rank",
         .symbol = "r",
         .trlName = "lora_r",
         .effect = "More rank can learn more and costs more memory; 0 trains no adapter.",
         .formula = "W + (alpha / r) B A",
         .source = kTrlModel,
         .maximum = 4096}),
    option<&TrainConfig::lora, &LoraSpec::alpha>(
        {.key = "lora.alpha",
         .label = "Scale",
         .symbol = "alpha",
         .trlName = "lora_alpha",
         .effect = "The update is scaled by alpha / r; usual is once or twice the rank.",
         .formula = "W + (alpha / r) B A",
         .source = kTrlModel,
         .minimum = 1e-6,
         .maximum = 1e6}),
    option<&TrainConfig::lora, &LoraSpec::dropout>(
        {.key = "lora.dropout",
         .label = "Dropout",
         .trlName = "lora_dropout",
         .effect = "Drops this share of the adapter's inputs in the update, never in sampling.",
         .source = kTrlModel,
         .maximum = 0.95}),
    option<&TrainConfig::lora, &LoraSpec::targets>(
        {.key = "lora.target_modules",
         .label = "Linears with an adapter",
         .trlName = "lora_target_modules",
         .effect = "Which linears of the decoder are trained.",
         .source = kTrlModel}),
    option<&TrainConfig::lora, &LoraSpec::lastLayers>(
        {.key = "lora.last_layers",
         .label = "Last layers only",
         .trlName = "layers_to_transform",
         .effect = "Trains only the last so many layers of the decoder; 0 trains all.",
         .source = kTrlModel,
         .maximum = 1024,
         .unit = "layers"}),
    option<&TrainConfig::trainable>(
        {.key = "trainable",
         .label = "Weights trained whole",
         .trlName = "modules_to_save",
         .effect =
             "Trains these weights themselves, beside the adapter or, with rank 0, instead of it: "
             "projector, language_model.model.layers.39, language_model, or * for all.",
         .source = kTrlModel}),
};

} // namespace

std::span<const TrainOption> modelOptions() {
    return kModel;
}

std::span<const TrainOption> dataOptions() {
    return kData;
}

std::span<const TrainOption> loraOptions() {
    return kLora;
}

} // namespace viva
