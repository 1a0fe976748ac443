// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"
#include "core/data/dataset.h"
#include "core/events/training_event.h"

#include <functional>
#include <optional>
#include <stop_token>

namespace viva {

class Answerer;

/// Scores a run's policy on its held-out splits, sampled and greedy as the configuration says, at
/// most `mostPerSplit` questions of each (0 = all). `progress` gets the number of questions and a
/// share in [0, 1]. No rows when there is nothing to ask; nullopt when it was stopped.
[[nodiscard]] std::optional<std::vector<EvaluationRow>>
evaluateHeldOut(const TrainConfig& config, const Dataset& heldOut, int mostPerSplit,
                const Answerer& answerer,
                const std::function<void(std::size_t questions, double share)>& progress,
                const std::stop_token& stop);

} // namespace viva
