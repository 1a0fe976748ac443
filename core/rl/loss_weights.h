// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace viva {

/// How the token terms of an optimiser step become one number. @source TRL 1.16.0 loss_type
enum class LossType {
    Dapo,  ///< mean over all tokens of the step
    Grpo,  ///< mean over answers of the answer's token mean
    Bnpo,  ///< mean over micro-batches of the micro-batch's token mean
    DrGrpo ///< token sum over answers * max_completion_length
};

/// "dapo", "grpo", "bnpo", "dr_grpo". @throws Error(InvalidArgument)
[[nodiscard]] LossType lossTypeFromName(std::string_view name);

/// One answer of the step as the normaliser sees it.
struct AnswerShare {
    std::int64_t tokens = 0;     ///< unmasked tokens; 0 = masked altogether, but still an answer
    std::int64_t microBatch = 0; ///< the micro-batch it belongs to; matters for Bnpo only
};

/// The factor w_i of each answer in  L = sum_i w_i sum_t term_{i,t}  over the whole optimiser step:
///   Dapo 1 / sum_j n_j,  Grpo 1 / (B n_i),  Bnpo 1 / (M n_(micro-batch of i)),
///   DrGrpo 1 / (B maxCompletionLength)      with B answers, M micro-batches, n_i unmasked tokens.
/// Because the weights are those of the whole step, the gradient is a plain sum over any way to cut
/// the step into pieces. Answers without tokens get 0 but count in B.
/// @throws Error(InvalidArgument) for a negative count or a maxCompletionLength below 1
/// @source arXiv 2509.16990 eq. 3 (Dapo); TRL 1.16.0 GRPOTrainer._compute_loss
[[nodiscard]] std::vector<double> answerWeights(LossType type, std::span<const AnswerShare> answers,
                                                std::int64_t maxCompletionLength);

} // namespace viva
