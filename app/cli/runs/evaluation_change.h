// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/eval/eval_metrics.h"
#include "core/events/training_event.h"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace viva {

/// A headline metric of one split, task and decoding, before the first step and at the last
/// evaluation.
struct EvaluationChange {
    EvaluationRow place; ///< as it is at the last evaluation
    const EvalMetric* metric = nullptr;
    double before = 0;
    double after = 0;
    std::int64_t step = 0; ///< of the later evaluation
};

/// A split in words.
[[nodiscard]] std::string heldOutName(const std::string& split);
/// A task in words, and the metric where it is not the BLEU of the heading.
[[nodiscard]] std::string taskWords(const std::string& task, const EvalMetric& metric);

/// Pairs the evaluation at step 0 with the last one; empty when there are not both.
[[nodiscard]] std::vector<EvaluationChange>
evaluationChanges(const std::vector<EvaluationEvent>& evaluations);

[[nodiscard]] std::string textTableOf(const std::vector<EvaluationChange>& changes);
[[nodiscard]] nlohmann::ordered_json toJson(const std::vector<EvaluationChange>& changes);

} // namespace viva
