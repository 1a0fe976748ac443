// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/grpo_loss.h"

#include "core/base/error.h"
#include "core/rl/loss_sums.h"
#include "core/rl/policy_terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace viva {
namespace {

void requireShape(const torch::Tensor& tensor, c10::IntArrayRef expected, const char* name) {
    if (tensor.sizes() != expected)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("grpoLoss: {} is {}, logProbs ask for {}", name,
                                c10::str(tensor.sizes()), c10::str(expected)));
}

void checkShapes(const GrpoLossInput& input, const GrpoLossConfig& config) {
    if (input.logProbs.dim() != 2)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("grpoLoss: logProbs is {}, expected [answers, time]",
                                c10::str(input.logProbs.sizes())));
    const auto shape = input.logProbs.sizes();
    const auto rows = shape.slice(0, 1);
    requireShape(input.mask, shape, "mask");
    requireShape(input.weights, rows, "weights");
    for (const auto& [tensor, name] :
         {std::pair(&input.oldLogProbs, "oldLogProbs"),
          std::pair(&input.refLogProbs, "refLogProbs"),
          std::pair(&input.entropyMask, "entropyMask"), std::pair(&input.entropy, "entropy"),
          std::pair(&input.samplerLogProbs, "samplerLogProbs")})
        if (tensor->defined())
            requireShape(*tensor, shape, name);
    if (input.samplerRatio.defined() && input.samplerRatio.sizes() != shape)
        requireShape(input.samplerRatio, {shape[0], 1}, "samplerRatio");
    if (input.entropy.defined())
        requireShape(input.entropyWeights, rows, "entropyWeights");
    if (input.offPolicy.defined())
        requireShape(input.offPolicy, rows, "offPolicy");
    // The geometric mean is one term an answer.
    requireShape(input.advantages,
                 input.advantages.dim() == 1 || config.lossType == LossType::Gmpo ? rows : shape,
                 "advantages");
}

/// The bonus that is taken off the loss.
torch::Tensor entropyBonus(const PolicyInputs& in, const GrpoLossInput& input) {
    auto kept = in.keep;
    if (input.entropyMask.defined())
        kept = kept.logical_and(input.entropyMask.to(torch::kBool));
    if (in.offPolicy.defined())
        kept = kept.logical_and(in.offPolicy.logical_not());
    const auto entropy = torch::where(kept, input.entropy, torch::zeros_like(input.entropy));
    return (entropy * input.entropyWeights.to(entropy.scalar_type()).unsqueeze(1)).sum();
}

} // namespace

MixedPolicySums& MixedPolicySums::operator+=(const MixedPolicySums& other) {
    tokens += other.tokens;
    policyLoss += other.policyLoss;
    ratio += other.ratio;
    probability += other.probability;
    return *this;
}

GrpoLossSums& GrpoLossSums::operator+=(const GrpoLossSums& other) {
    policyLoss += other.policyLoss;
    kl += other.kl;
    klPolicy += other.klPolicy;
    tokens += other.tokens;
    klTokens += other.klTokens;
    clipCount += other.clipCount;
    lowClipped += other.lowClipped;
    highClipped += other.highClipped;
    lowShareMin = std::min(lowShareMin, other.lowShareMin);
    highShareMax = std::max(highShareMax, other.highShareMax);
    clipRows += other.clipRows;
    maxRatioDeviation = std::max(maxRatioDeviation, other.maxRatioDeviation);
    vespoWeight += other.vespoWeight;
    rows += other.rows;
    entropyBonus += other.entropyBonus;
    on += other.on;
    off += other.off;
    sftLoss += other.sftLoss;
    return *this;
}

GrpoLossResult grpoLoss(const GrpoLossInput& input, const GrpoLossConfig& config) {
    checkShapes(input, config);
    const auto in = policyInputs(input, config);
    const bool oneTerm = config.lossType == LossType::Gmpo;
    const auto rowWeights = input.weights.to(in.logProbs.scalar_type()).unsqueeze(1);
    const auto tokenWeights = rowWeights * in.keepValue;
    const auto term = policyTerm(in, input, config);
    const auto weighted = term.term * (oneTerm ? rowWeights : tokenWeights);
    auto loss = weighted.sum();
    torch::Tensor kl;
    if (input.refLogProbs.defined()) {
        kl = klTerm(in, input.refLogProbs, config);
        // Added also for beta 0 would cost a backward for nothing.
        if (config.beta != 0)
            loss = loss +
                   (kl * (oneTerm ? tokenWeights / in.lengths : tokenWeights)).sum() * config.beta;
    }
    auto sums = lossSums(in, term, weighted, kl, input, config);
    if (input.entropy.defined()) {
        const auto bonus = entropyBonus(in, input);
        sums.entropyBonus = bonus.item<double>();
        loss = loss - bonus;
    }
    if (input.sftTokenWeight && in.offPolicy.defined())
        loss = loss - torch::where(in.keep.logical_and(in.offPolicy), in.logProbs,
                                   torch::zeros_like(in.logProbs))
                              .sum() *
                          *input.sftTokenWeight;
    return {loss, sums};
}

} // namespace viva
