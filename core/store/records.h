// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace viva {

using RunId = std::int64_t;

/// A run as the table of runs shows it.
struct RunRecord {
    RunId id = 0;
    std::string name;
    RunState state = RunState::Idle;
    std::string createdAt;  ///< ISO 8601, UTC
    std::string finishedAt; ///< empty while it is not
    std::string configJson; ///< TrainConfig
    std::string device;
    std::string dtype;
    std::string folder; ///< run folder, relative to the project
    std::int64_t stepsDone = 0;
    std::int64_t totalSteps = 0;
    double trainSec = 0;
    std::int64_t trainableParameters = 0;
    std::int64_t totalParameters = 0;
    std::int64_t examples = 0;
    std::string error; ///< why it failed; empty otherwise
    std::string notes; ///< for people

    /// Can be gone on with: was interrupted, stopped or failed before its last step.
    [[nodiscard]] bool resumable() const;
};

/// One point of a curve, with every x a chart may want.
struct MetricPoint {
    std::int64_t step = 0;
    double trainSec = 0;
    std::int64_t tokens = 0;
    std::int64_t samples = 0;
    double value = 0;
};

/// A group without its answers, for lists.
struct GroupSummary {
    std::int64_t id = 0;
    std::int64_t step = 0;
    int index = 0;
    std::string exampleId;
    std::string task;
    std::string question;
    double rewardMean = 0;
    double rewardStd = 0;
    double rewardMin = 0;
    double rewardMax = 0;
    bool zeroVariance = false;
    int answers = 0;
};

struct CheckpointRecord {
    std::int64_t step = 0;
    std::string path;
    std::string createdAt;
};

/// When a run went into a state.
struct StateChange {
    std::string at; ///< ISO 8601, UTC
    RunState state = RunState::Idle;
    std::string message;
};

} // namespace viva
