// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/speech_lm.h"

#include <optional>

namespace viva {

/// File beside an adapter with the weights that were trained whole, float32, under the checkpoint's
/// names. A projector is there only when no adapter file could hold it.
inline constexpr const char* kTrainedWeightsFile = "trained_weights.safetensors";

/// The model's own weights that fit one of the patterns, with their names in the checkpoint, in the
/// model's order. @throws Error(InvalidArgument) for a pattern that fits none.
[[nodiscard]] NamedTensors weightsThatFit(const SpeechLm& model,
                                          const std::vector<std::string>& patterns);

/// The three networks of a model; where one of them is trained, a copy that stays as it is.
struct FrozenParts {
    ConformerEncoder encoder{nullptr};
    QFormerProjector projector{nullptr};
    Decoder decoder{nullptr};
};

/// What a model computes now, kept while the `trained` weights change: parts that hold none of them
/// are shared, the others copied with the bundled adapter.
[[nodiscard]] FrozenParts frozenParts(const SpeechLm& model, const NamedTensors& trained);

/// Writes what a run trained: adapter_model.safetensors and adapter_config.json as PEFT opens them,
/// and kTrainedWeightsFile with the weights trained whole. Where all of `projector` is among these,
/// it lies in the adapter's file. `values` stand for the weights (float32 where the model has
/// less).
void saveTrained(const LoraAdapter& adapter, const NamedTensors& values,
                 const torch::nn::Module* projector, const std::filesystem::path& folder);

/// The values that saveTrained wrote for `names`, those of an adapter as LoraAdapter::names has
/// them. @throws Error(NotFound).
[[nodiscard]] std::vector<torch::Tensor> readTrained(const std::filesystem::path& folder,
                                                     const std::vector<std::string>& names);

/// Puts what saveTrained wrote, or a PEFT or Granite adapter, on a model. @return the adapter, or
/// nullopt where only whole weights were trained.
/// @throws Error as loadAdapter, Error(Format | ShapeMismatch) naming a weight that does not fit.
std::optional<LoraAdapter> loadTrained(SpeechLm& model, const std::filesystem::path& folder,
                                       AdapterSlot slot);

} // namespace viva
