// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/objective_spec.h"
#include "core/rl/kl.h"
#include "core/rl/loss_weights.h"

#include <torch/torch.h>

#include <optional>

namespace viva {

/// Answers of one micro-batch; every row is one answer.
struct GrpoLossInput {
    torch::Tensor logProbs;    ///< [answers, time] float, log pi_theta, with gradient
    torch::Tensor oldLogProbs; ///< [answers, time], log pi_old; undefined = logProbs detached
    torch::Tensor refLogProbs; ///< [answers, time], log pi_ref; undefined = no KL term
    torch::Tensor mask;        ///< [answers, time] bool or float, 1 = counts
    torch::Tensor advantages;  ///< [answers] or [answers, time], A_i
    torch::Tensor weights;     ///< [answers], w_i of answerWeights()

    torch::Tensor offPolicy{};       ///< [answers] bool, true = a reference; undefined = none
    torch::Tensor entropyMask{};     ///< [answers, time] bool, highEntropyMask(); undefined = all
    torch::Tensor samplerRatio{};    ///< [answers, time or 1], samplerRatio(); undefined = 1
    torch::Tensor samplerLogProbs{}; ///< [answers, time], for the off-policy mask; NaN = unknown
    torch::Tensor entropy{};         ///< [answers, time] nats, with gradient; undefined = no bonus
    torch::Tensor entropyWeights{};  ///< [answers]: bonus of each kept token's nat
    /// Cross entropy on the references, instead of their policy term: the weight of one token, the
    /// coefficient over the step's reference tokens (RL + SFT).
    std::optional<double> sftTokenWeight{};
};

/// Token means of samples and references apart, as sums.
struct MixedPolicySums {
    double tokens = 0;
    double policyLoss = 0;  ///< -ratio A and its like, unweighted
    double ratio = 0;       ///< samples: pi_theta / pi_old; references: p after shaping
    double probability = 0; ///< samples: pi_old; references: p

    MixedPolicySums& operator+=(const MixedPolicySums& other);
};

/// Sums over this micro-batch's unmasked tokens, to be added up over the step.
struct GrpoLossSums {
    double policyLoss = 0; ///< weighted, without KL, entropy bonus and cross entropy
    double kl = 0;         ///< unweighted sum, as it enters the loss
    double klPolicy = 0;   ///< k3 against the sampling policy, sum over tokens
    double tokens = 0;
    double klTokens = 0;     ///< what `kl` is the sum of
    double clipCount = 0;    ///< what the clip counts are parts of: tokens, or answers by sequence
    double lowClipped = 0;   ///< with ratio < 1 - epsilon and A < 0
    double highClipped = 0;  ///< with ratio > 1 + epsilonHigh and A > 0 (Cispo: above the ceiling)
    double lowShareMin = 1;  ///< least share of low-clipped tokens of an answer
    double highShareMax = 0; ///< greatest share of high-clipped tokens of an answer
    double clipRows = 0;     ///< answers that the two shares are taken over
    double maxRatioDeviation = 0; ///< largest |ratio - 1|
    double vespoWeight = 0;       ///< sum of the sequence weights of Vespo, over `rows`
    double rows = 0;
    double entropyBonus = 0; ///< weighted, as it is taken off the loss
    MixedPolicySums on;      ///< only with references in the batch
    MixedPolicySums off;
    double sftLoss = 0; ///< negative log-likelihood of the references, sum over tokens

    GrpoLossSums& operator+=(const GrpoLossSums& other);
};

struct GrpoLossResult {
    torch::Tensor loss; ///< scalar, this micro-batch's share of the update's loss
    GrpoLossSums sums;
};

/// The policy objective of the whole field, one term a LossType:
///
///   s_{i,t} = exp(log pi_theta - log pi_old), by token or by sequence               (ratio)
///   clipped:  l = min(min(s, delta) A, clip(s, 1 - epsilon, 1 + epsilonHigh) A)
///   Cispo:    l = stop(min(s, epsilonHigh)) A log pi_theta
///   Sapo:     l = (4 / tau) sigmoid(tau (s - 1)) A
///   Vespo:    l = stop(exp(lambda + k S - lambda e^S)) A log pi_theta, S = sum_t log s
///   Gmpo:     l_i = exp(mean_t of one-sidedly clipped log s) A_i, one term an answer
///   a reference (MP-GRPO): l = p A or p / (p + gamma) A, p = pi_theta, never clipped
///   L = - sum_i w_i sum_t m_{i,t} (l_{i,t} - beta KL_{i,t}) - entropy bonus + cross entropy
///
/// The policy term is thinned out by off-policy mask, entropy mask and sampler ratio (Vespo takes
/// the last into S); the KL never is. Masked positions may hold anything finite or not: they enter
/// neither value nor gradient. With old log-probs left out the ratio is exactly 1 and the gradient
/// that of -A log pi_theta. A pure function: no state, no randomness.
/// @throws Error(ShapeMismatch) naming both shapes.
/// @source arXiv 2509.16990 eq. 2 and 3, section 3.2; TRL 1.16.0 GRPOTrainer._compute_loss and
/// GMPOTrainer; LUFFY, arXiv 2504.14945
[[nodiscard]] GrpoLossResult grpoLoss(const GrpoLossInput& input, const GrpoLossConfig& config);

} // namespace viva
