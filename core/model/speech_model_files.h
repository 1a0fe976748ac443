// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/speech_model.h"
#include "core/nn/weight_loader.h"

#include <filesystem>
#include <vector>

namespace viva {

/// Refuses a configuration that asks for far more memory than the weights could fill, before any is
/// taken. @throws Error(Format)
void requireSizesFit(const SpeechModelConfig& config, const CheckpointWeights& weights);

/// Gives every parameter storage of the dtype on the device, frozen, without touching the old one,
/// so that a model larger than memory in float32 can be loaded in bfloat16. Weights of the decoder
/// that are multiplied together lie one after the other.
void placeNetworks(const std::vector<SpeechPart>& parts, const Decoder& decoder,
                   const SpeechLoadOptions& options);

/// Copies stored values into the networks. @return false when the stop token ended it.
/// @throws Error as loadWeights.
bool loadNetworks(const std::vector<SpeechPart>& parts, const CheckpointWeights& weights,
                  const SpeechLoadOptions& options);

/// Writes all weights under the checkpoint's names, all or nothing.
void saveNetworks(const std::vector<SpeechPart>& parts, const std::filesystem::path& file,
                  torch::ScalarType dtype);

} // namespace viva
