// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/rl/kl.h"

#include <torch/torch.h>

namespace viva {

/// Options of the loss; names are TRL's.
struct GrpoLossConfig {
    double epsilon = 0.2;     ///< lower clip: ratio 1 - epsilon
    double epsilonHigh = 0.2; ///< upper clip: ratio 1 + epsilonHigh
    double beta = 0.02;       ///< weight of the KL to the reference policy
    KlEstimator klEstimator = KlEstimator::K3;
};

/// Answers of one micro-batch; every row is one answer.
struct GrpoLossInput {
    torch::Tensor logProbs;    ///< [answers, time] float, log pi_theta, with gradient
    torch::Tensor oldLogProbs; ///< [answers, time], log pi_old; undefined = logProbs detached
    torch::Tensor refLogProbs; ///< [answers, time], log pi_ref; undefined = no KL term
    torch::Tensor mask;        ///< [answers, time] bool or float, 1 = counts
    torch::Tensor advantages;  ///< [answers] or [answers, time], A_i
    torch::Tensor weights;     ///< [answers], w_i of answerWeights()
};

/// Sums over this micro-batch's unmasked tokens, to be added up over the step.
struct GrpoLossSums {
    double policyLoss = 0; ///< weighted, without the KL term
    double kl = 0;         ///< unweighted sum over tokens, by the configured estimator
    double klPolicy = 0;   ///< k3 against the sampling policy, sum over tokens
    double tokens = 0;
    double lowClipped = 0;        ///< tokens with ratio < 1 - epsilon and A < 0
    double highClipped = 0;       ///< tokens with ratio > 1 + epsilonHigh and A > 0
    double lowShareMin = 1;       ///< least share of low-clipped tokens of an answer
    double highShareMax = 0;      ///< greatest share of high-clipped tokens of an answer
    double maxRatioDeviation = 0; ///< largest |ratio - 1|

    GrpoLossSums& operator+=(const GrpoLossSums& other);
};

struct GrpoLossResult {
    torch::Tensor loss; ///< scalar, this micro-batch's share of the step's loss
    GrpoLossSums sums;
};

/// The clipped policy objective with a KL term inside the token sum:
///
///   s_{i,t} = exp(log pi_theta - log pi_old)                                    (ratio)
///   l_{i,t} = min(s_{i,t} A_i, clip(s_{i,t}, 1 - epsilon, 1 + epsilonHigh) A_i)
///   L = - sum_i w_i sum_t m_{i,t} (l_{i,t} - beta KL_{i,t})
///
/// Masked positions may hold anything finite or not: they enter neither value nor gradient. With
/// old log-probs left out the ratio is exactly 1 and the gradient that of -A log pi_theta. A pure
/// function: no state, no randomness. @throws Error(ShapeMismatch) naming both shapes.
/// @source arXiv 2509.16990 eq. 2 and 3; TRL 1.16.0 (clip_ratio/*)
[[nodiscard]] GrpoLossResult grpoLoss(const GrpoLossInput& input, const GrpoLossConfig& config);

} // namespace viva
