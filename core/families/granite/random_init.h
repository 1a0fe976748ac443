// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/granite/config/granite_config.h"

#include <torch/torch.h>

#include <cstdint>
#include <string>

namespace viva {

/// Fills a module's parameters with seeded normal numbers that fit Granite's multipliers: linear
/// weights with std 1/sqrt(fan_in), token embeddings 1/embedding_multiplier, the projector's last
/// layer 1/(embedding_multiplier sqrt(fan_in)), relative positions 0.1, queries 1, norms 1, biases
/// 0. Each parameter has a stream of its own name, so that the same seed gives the same weights
/// whatever else the model holds.
/// @param prefix canonical name of the module ("encoder."), part of the stream's name
/// @source demo recipe, section 3
void fillRandomly(const torch::nn::Module& module, const std::string& prefix,
                  const GraniteConfig& config, std::uint64_t seed);

} // namespace viva
