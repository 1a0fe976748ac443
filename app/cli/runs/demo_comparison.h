// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/events/training_event.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace viva {

/// One run of the comparison.
struct ComparisonRun {
    std::string method; ///< its objective as people call it
    std::uint64_t seed = 0;
    TrainConfig config;
};

/// Every method with every seed on the demo, seed by seed, so that what is done is comparable at
/// any time. All runs differ in objective and seed alone.
[[nodiscard]] std::vector<ComparisonRun> comparisonRuns(const TrainConfig& base, int seeds);

/// What came of a run: held-out scores before its first step and after its last.
struct ComparisonResult {
    std::string method;
    std::uint64_t seed = 0;
    std::vector<EvaluationRow> before;
    std::vector<EvaluationRow> after;
};

/// One line a split, task, decoding and headline metric; a column a method with mean and sample
/// deviation over the seeds that are done. "base" is the model before training.
[[nodiscard]] std::string comparisonTable(const std::vector<ComparisonResult>& results);
[[nodiscard]] nlohmann::ordered_json comparisonJson(const std::vector<ComparisonResult>& results);

} // namespace viva
