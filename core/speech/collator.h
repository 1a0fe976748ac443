// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/model/decoder.h"
#include "core/model/log_probs.h"
#include "core/speech/train_example.h"

#include <span>

namespace viva {

/// Pads prompts on the right into [prompts, time, hidden]; padding is 0.
/// @throws Error(ShapeMismatch) when the widths differ.
[[nodiscard]] PromptBatch collatePrompts(std::span<const TrainExample> examples);

/// One target a prompt, as an answer batch.
[[nodiscard]] AnswerBatch collateTargets(std::span<const TrainExample> examples);

/// [rows, width] bool, true for the first lengths[row] tokens; rows whose `keep` is false are all
/// false. An empty `keep` keeps every row.
[[nodiscard]] torch::Tensor answerMask(const std::vector<std::int64_t>& lengths, std::int64_t width,
                                       const std::vector<bool>& keep = {});

} // namespace viva
