// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace viva {

/// One split, task and decoding before the first step and after the last evaluation.
struct EvaluationChange {
    EvaluationRow before;
    EvaluationRow after;
    std::int64_t step = 0; ///< of the later evaluation
};

/// A split and a task in words.
[[nodiscard]] std::string heldOutName(const std::string& split);
[[nodiscard]] std::string taskWords(const std::string& task);

/// Pairs the evaluation at step 0 with the last one; empty when there are not both.
[[nodiscard]] std::vector<EvaluationChange>
evaluationChanges(const std::vector<EvaluationEvent>& evaluations);

[[nodiscard]] std::string textTableOf(const std::vector<EvaluationChange>& changes);
[[nodiscard]] nlohmann::ordered_json toJson(const std::vector<EvaluationChange>& changes);

} // namespace viva
