// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/train/trainer.h"

#include <filesystem>

namespace viva {

/// Writes runFolder/checkpoints/step-N with everything a bit-exact resume needs:
///   adapter_model.safetensors, adapter_config.json   the adapter, as PEFT opens it
///   trained_weights.safetensors                      weights that were trained whole
///   optimizer.safetensors                            moments and number of updates
///   trainer_state.json                               step, data position, counters, entropy bonus
///   reference.safetensors                            the adapter of a reference that moves
///   train_config.json                                the configuration
/// The folder appears whole or not at all: it is written beside and renamed. Returns it.
/// `whole`: the model's, see saveTrained. @throws Error(Io)
std::filesystem::path saveCheckpoint(const std::filesystem::path& runFolder, const Trainer& trainer,
                                     const LoraAdapter& adapter, const TrainConfig& config,
                                     const WholeModule& whole = {});

/// Puts a trainer where saveCheckpoint found it.
/// @throws Error(NotFound | Format | ShapeMismatch) naming the file and what does not fit.
void loadCheckpoint(const std::filesystem::path& checkpoint, Trainer& trainer);

} // namespace viva
