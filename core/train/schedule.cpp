// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace viva {

double learningRateAt(const ScheduleConfig& config, std::int64_t step) {
    if (step <= config.warmupSteps)
        return config.peak * static_cast<double>(std::max<std::int64_t>(step, 0)) /
               static_cast<double>(config.warmupSteps);
    const auto rest = std::max<std::int64_t>(config.totalSteps - config.warmupSteps, 1);
    const double done = std::clamp(
        static_cast<double>(step - config.warmupSteps - 1) / static_cast<double>(rest), 0.0, 1.0);
    switch (config.kind) {
    case LrScheduler::Linear:
        return config.peak * (1 - done);
    case LrScheduler::Cosine:
        return config.peak * 0.5 * (1 + std::cos(std::numbers::pi * done));
    case LrScheduler::Constant:
        break;
    }
    return config.peak;
}

double sftCoefficientAt(const MixedPolicySpec& config, std::int64_t totalSteps, std::int64_t step) {
    const double done = static_cast<double>(step - 1) / static_cast<double>(totalSteps);
    switch (config.sftSchedule) {
    case SftSchedule::Linear:
        return config.sftCoef * (1 - done);
    case SftSchedule::Cosine:
        return config.sftCoef * 0.5 * (1 + std::cos(std::numbers::pi * done));
    case SftSchedule::Constant:
        break;
    }
    return config.sftCoef;
}

} // namespace viva
