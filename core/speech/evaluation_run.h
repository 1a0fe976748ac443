// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/generation_config.h"
#include "core/eval/evaluator.h"

#include <functional>
#include <optional>
#include <span>
#include <stop_token>

namespace viva {

struct AdapterState;
class Answerer;

/// How the items of an evaluation are asked and their answers scored.
struct EvaluationRequest {
    GenerationConfig generation; ///< `greedy` is the decoding of the report, and makes one pass
    EvaluationOptions options;   ///< passes and seed of sampled answers; how they are scored
};

/// Asks a model all items, pass by pass, and scores the answers; progress in [0, 1] on the caller's
/// thread. nullopt when it was stopped. The one evaluation: of runs, commands and base training.
[[nodiscard]] std::optional<EvaluationReport>
runEvaluation(const Answerer& answerer, const AdapterState& adapters,
              std::span<const EvalItem> items, const EvaluationRequest& request,
              const std::function<void(double)>& progress, const std::stop_token& stop);

} // namespace viva
