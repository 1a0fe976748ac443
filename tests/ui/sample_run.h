// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_event.h"

#include <vector>

namespace viva {

/// Series of the shape a run of the demo has, from a fixed seed; only for tests and their pictures.
[[nodiscard]] StepEvent sampleStep(std::int64_t step, std::int64_t totalSteps);
[[nodiscard]] EvaluationEvent sampleEvaluation(std::int64_t step);
/// State, information, `steps` steps with evaluations and checkpoints between them.
[[nodiscard]] std::vector<TrainingEvent> sampleRun(std::int64_t steps, std::int64_t totalSteps);

/// The same with references in every group: curves of samples and references apart.
[[nodiscard]] std::vector<TrainingEvent> mixedSampleRun(std::int64_t steps,
                                                        std::int64_t totalSteps);

} // namespace viva
