// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/train/micro_batches.h"
#include "core/train/trainer_parts.h"

namespace viva {

/// What every phase of a step may read and none changes.
struct StepContext {
    const TrainConfig& config;
    const TrainerParts& parts;
    std::int64_t step = 0; ///< 1-based
    int microBatches = 1;  ///< that a worker splits its prompts of an update into

    [[nodiscard]] std::vector<MicroBatch> microBatchesOf(std::size_t prompts, int worker) const {
        return planMicroBatches(prompts, config.updatesPerGeneration(), worker, parts.pool->size(),
                                microBatches);
    }
};

/// Seconds of one worker, by part of the step.
struct WorkerTimes {
    double prefill = 0;
    double generate = 0;
    double reference = 0;
    double update = 0;
};

/// Where the time of a step goes; each worker adds to its own.
struct StepTimes {
    explicit StepTimes(int count) : workers(static_cast<std::size_t>(count)) {}
    [[nodiscard]] WorkerTimes& of(int worker) { return workers[static_cast<std::size_t>(worker)]; }

    std::vector<WorkerTimes> workers;
    double reward = 0; ///< that the step waited for its rewards
    double optimizer = 0;
};

} // namespace viva
