// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"

#include <cstdint>

namespace viva {

struct ScheduleConfig {
    LrScheduler kind = LrScheduler::Linear;
    double peak = 1e-3; ///< learning rate after the warm-up
    std::int64_t warmupSteps = 0;
    std::int64_t totalSteps = 1;
};

/// Learning rate of step 1 .. totalSteps. During warm-up peak * step / warmupSteps; then, with
/// d = (step - warmupSteps - 1) / (totalSteps - warmupSteps) running from 0 to just below 1:
///   linear peak (1 - d),  cosine peak (1 + cos(pi d)) / 2,  constant peak.
/// Unlike transformers' lambda, which starts from step 0, no step has a rate of 0.
[[nodiscard]] double learningRateAt(const ScheduleConfig& config, std::int64_t step);

/// The weight of rl_sft's cross entropy in a step (1-based): sft_coef on its schedule.
[[nodiscard]] double sftCoefficientAt(const MixedPolicySpec& config, std::int64_t totalSteps,
                                      std::int64_t step);

} // namespace viva
