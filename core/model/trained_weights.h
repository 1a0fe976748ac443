// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/speech_model.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace viva {

/// File beside an adapter with the weights that were trained whole, float32, under the checkpoint's
/// names. A projector is there only when no adapter file could hold it.
inline constexpr const char* kTrainedWeightsFile = "trained_weights.safetensors";

/// The model's own weights that fit one of the patterns, with their names in the checkpoint, in the
/// model's order. @throws Error(InvalidArgument) for a pattern that fits none.
[[nodiscard]] NamedTensors weightsThatFit(const SpeechModel& model,
                                          const std::vector<std::string>& patterns);

/// What a model computes now, kept while the `trained` weights change: networks that hold none of
/// them are shared, the others copied.
[[nodiscard]] std::unique_ptr<SpeechModel> frozenReference(const SpeechModel& model,
                                                           const NamedTensors& trained);

/// How far clips can be brought in advance when the weights `trained` change.
[[nodiscard]] AudioStage audioStageBefore(const SpeechModel& model, const NamedTensors& trained);

/// Writes what a run trained: adapter_model.safetensors and adapter_config.json as PEFT opens them,
/// and kTrainedWeightsFile with the weights trained whole. Where all of `whole` is among these, it
/// lies in the adapter's file. `values` stand for the weights (float32 where the model has less).
void saveTrained(const LoraAdapter& adapter, const NamedTensors& values, const WholeModule& whole,
                 const std::filesystem::path& folder);

/// The values that saveTrained wrote for `names`, those of an adapter as LoraAdapter::names has
/// them. @throws Error(NotFound).
[[nodiscard]] std::vector<torch::Tensor> readTrained(const std::filesystem::path& folder,
                                                     const std::vector<std::string>& names);

/// Puts what saveTrained wrote, or another adapter in PEFT's layout, on a model. @return the
/// adapter, or nullopt where only whole weights were trained.
/// @throws Error as loadAdapter, Error(Format | ShapeMismatch) naming a weight that does not fit.
std::optional<LoraAdapter> loadTrained(SpeechModel& model, const std::filesystem::path& folder,
                                       AdapterSlot slot);

} // namespace viva
