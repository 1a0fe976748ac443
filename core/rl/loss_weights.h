// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/choices.h"

#include <cstdint>
#include <span>
#include <vector>

namespace viva {

/// One answer of an update as the normaliser sees it.
struct AnswerShare {
    std::int64_t tokens = 0;     ///< unmasked tokens; 0 = masked altogether, but still an answer
    std::int64_t microBatch = 0; ///< the micro-batch it belongs to; matters for Bnpo only
    bool counted = true; ///< false: it is summed, but enters no divisor (references, by option)
};

/// What the divisor of an update is made of beside its answers.
struct LossNormaliser {
    LossType type = LossType::Dapo;
    std::int64_t maxCompletionLength = 1;
    /// Tokens that Dapo, Cispo and Vespo divide by: the generation's share of one update. 0 = the
    /// counted tokens of the answers themselves.
    double tokens = 0;
    /// Micro-batches of the update; 0 = those that the answers name. More says that the answers are
    /// only some of the update's.
    double microBatches = 0;
    std::int64_t longestAnswer = 0; ///< PaddedLength; 0 = the longest of the answers
};

/// The factor w_i of each answer in  L = sum_i w_i sum_t term_{i,t}  over one update:
///   Dapo, Cispo, Vespo  1 / N                N counted tokens, or `tokens`
///   Grpo, Sapo          1 / (B n_i)          B counted answers, n_i unmasked tokens
///   Bnpo                1 / (M n_(micro-batch of i))
///   DrGrpo              1 / (B maxCompletionLength)
///   Luspo               1 / B
///   Gmpo                1 / B, of the answer's one term
///   PaddedLength        1 / longest answer
/// Because the weights are those of the whole update, the gradient is a plain sum over any way to
/// cut it into pieces. Answers without tokens get 0 (not under Gmpo, whose term has a value there)
/// but count in B. @throws Error(InvalidArgument) for a negative count or a maxCompletionLength
/// below 1.
/// @source arXiv 2509.16990 eq. 3 (Dapo); TRL 1.16.0 GRPOTrainer._compute_loss
[[nodiscard]] std::vector<double> answerWeights(const LossNormaliser& normaliser,
                                                std::span<const AnswerShare> answers);

/// The same for an update that is all of its generation.
[[nodiscard]] std::vector<double> answerWeights(LossType type, std::span<const AnswerShare> answers,
                                                std::int64_t maxCompletionLength);

} // namespace viva
