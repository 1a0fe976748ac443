// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace viva {

ScheduleKind scheduleFromName(std::string_view name) {
    if (name == "linear")
        return ScheduleKind::Linear;
    if (name == "cosine")
        return ScheduleKind::Cosine;
    if (name == "constant")
        return ScheduleKind::Constant;
    throw Error(
        ErrorCode::InvalidArgument,
        fmt::format("lr_scheduler_type is \"{}\"; it must be linear, cosine or constant", name));
}

double learningRateAt(const ScheduleConfig& config, std::int64_t step) {
    if (step <= config.warmupSteps)
        return config.peak * static_cast<double>(std::max<std::int64_t>(step, 0)) /
               static_cast<double>(config.warmupSteps);
    const auto rest = std::max<std::int64_t>(config.totalSteps - config.warmupSteps, 1);
    const double done = std::clamp(
        static_cast<double>(step - config.warmupSteps - 1) / static_cast<double>(rest), 0.0, 1.0);
    switch (config.kind) {
    case ScheduleKind::Linear:
        return config.peak * (1 - done);
    case ScheduleKind::Cosine:
        return config.peak * 0.5 * (1 + std::cos(std::numbers::pi * done));
    case ScheduleKind::Constant:
        break;
    }
    return config.peak;
}

} // namespace viva
