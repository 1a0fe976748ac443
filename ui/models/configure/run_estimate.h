// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <QString>

namespace viva {

/// How fast this machine was at a run it has done: the base of an estimate.
struct MeasuredSpeed {
    double secPerAnswer = 0; ///< 0 = nothing measured yet
    std::string model;
    Objective objective = Objective::Grpo;
    int numIterations = 1;
};

struct RunEstimate {
    std::int64_t answersPerStep = 0;
    std::int64_t tokensPerStepAtMost = 0;
    double stepSec = -1; ///< -1 = unknown
    double runSec = -1;
};

/// Steps cost in proportion to their answers. Unknown where nothing comparable was measured here.
[[nodiscard]] RunEstimate estimateRun(const TrainConfig& config, const MeasuredSpeed& measured);

/// What Start will do, as one sentence: "Train the demo model: 120 steps of GRPO, about 20 s".
[[nodiscard]] QString startSentence(const TrainConfig& config, const RunEstimate& estimate);

} // namespace viva
