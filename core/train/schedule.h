// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string_view>

namespace viva {

enum class ScheduleKind { Linear, Cosine, Constant };

/// "linear", "cosine", "constant". @throws Error(InvalidArgument)
[[nodiscard]] ScheduleKind scheduleFromName(std::string_view name);

struct ScheduleConfig {
    ScheduleKind kind = ScheduleKind::Linear;
    double peak = 1e-3; ///< learning rate after the warm-up
    std::int64_t warmupSteps = 0;
    std::int64_t totalSteps = 1;
};

/// Learning rate of step 1 .. totalSteps. During warm-up peak * step / warmupSteps; then, with
/// d = (step - warmupSteps - 1) / (totalSteps - warmupSteps) running from 0 to just below 1:
///   linear peak (1 - d),  cosine peak (1 + cos(pi d)) / 2,  constant peak.
/// Unlike transformers' lambda, which starts from step 0, no step has a rate of 0.
[[nodiscard]] double learningRateAt(const ScheduleConfig& config, std::int64_t step);

} // namespace viva
