// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/group/leaf.h"
#include "core/rl/entropy.h"
#include "core/rl/grpo_loss.h"
#include "core/rl/sampler_correction.h"

namespace viva {

/// The options of a run as the pure functions of core/group and core/rl take them.
/// @throws Error(InvalidArgument) for a name that is not known.
[[nodiscard]] GrpoLossConfig lossConfigOf(const TrainConfig& config);
[[nodiscard]] EntropyControlConfig entropyConfigOf(const TrainConfig& config);
[[nodiscard]] SamplerCorrectionConfig samplerConfigOf(const TrainConfig& config);
[[nodiscard]] LeafConfig leafConfigOf(const TrainConfig& config);

/// The weight of the cross entropy in a step (1-based): sft_coef on its schedule.
[[nodiscard]] double sftCoefficientAt(const TrainConfig& config, std::int64_t step);

} // namespace viva
