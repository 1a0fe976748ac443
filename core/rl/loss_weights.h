// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace viva {

/// What a token's policy term is and how the terms of a step become one number.
/// @source TRL 1.16.0 loss_type; GMPO, arXiv 2507.20673; LUFFY's script (PaddedLength)
enum class LossType {
    Dapo,        ///< clipped; mean over all tokens of the generation
    Grpo,        ///< clipped; mean over answers of the answer's token mean
    Bnpo,        ///< clipped; mean over micro-batches of the micro-batch's token mean
    DrGrpo,      ///< clipped; token sum over answers * max_completion_length
    Cispo,       ///< the ratio is a capped weight of log pi; divided as dapo
    Sapo,        ///< a sigmoid gate instead of the clip; divided as grpo
    Luspo,       ///< clipped; mean over answers of token sums
    Vespo,       ///< a smooth sequence weight of log pi; divided as dapo
    Gmpo,        ///< geometric mean of an answer's ratios, clipped in log space; mean over answers
    PaddedLength ///< clipped; token sum over the length of the longest answer
};

/// "dapo", "grpo", "bnpo", "dr_grpo", "cispo", "sapo", "luspo", "vespo", "gmpo", "padded_length".
/// @throws Error(InvalidArgument)
[[nodiscard]] LossType lossTypeFromName(std::string_view name);

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
