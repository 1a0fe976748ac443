// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/policy_terms.h"

#include <cmath>

namespace viva {
namespace {

const double kLeastLog = std::log(1e-8); ///< of a sequence weight
constexpr double kLargestLog = 20.0;

torch::Tensor zerosWhereNot(const torch::Tensor& keep, const torch::Tensor& values) {
    return torch::where(keep, values, torch::zeros_like(values));
}

torch::Tensor choose(const torch::Tensor& condition, double yes, double no,
                     const torch::Tensor& like) {
    return torch::where(condition, torch::full_like(like, yes), torch::full_like(like, no));
}

torch::Tensor clippedTerm(const PolicyInputs& in, const GrpoLossConfig& config) {
    const auto free = config.delta > 0 ? in.ratio.clamp_max(config.delta) : in.ratio;
    if (!config.clipOnPolicy)
        return -(free * in.advantages);
    const auto clipped = torch::clamp(in.ratio, 1 - config.epsilon, 1 + config.upperEpsilon());
    return -torch::minimum(free * in.advantages, clipped * in.advantages);
}

torch::Tensor sapoTerm(const PolicyInputs& in, const GrpoLossConfig& config) {
    const auto tau = choose(in.advantages.gt(0), config.sapoTemperaturePos,
                            config.sapoTemperatureNeg, in.advantages);
    return -(torch::sigmoid(tau * (in.ratio - 1)) * 4 / tau * in.advantages);
}

/// exp(lambda + k S - lambda e^S), [answers, 1] or, with one advantage a token, [answers, time].
torch::Tensor vespoWeight(const PolicyInputs& in, const torch::Tensor& samplerRatio,
                          const GrpoLossConfig& config) {
    auto sum = (in.logRatio.detach().clamp(-kLargestLog, kLargestLog) * in.keepValue).sum(1, true);
    if (samplerRatio.defined())
        sum = sum + samplerRatio.log().clamp(kLeastLog, kLargestLog).sum(1, true);
    sum = sum.clamp(kLeastLog, kLargestLog);
    const auto up = in.advantages.ge(0);
    const auto k = choose(up, config.vespoKPos, config.vespoKNeg, in.advantages);
    const auto lambda = choose(up, config.vespoLambdaPos, config.vespoLambdaNeg, in.advantages);
    return torch::exp(lambda + k * sum - lambda * torch::exp(sum));
}

/// One term an answer: exp of the mean of the log ratios that the entropy mask keeps.
torch::Tensor gmpoTerm(const PolicyInputs& in, const torch::Tensor& entropyMask,
                       const GrpoLossConfig& config) {
    const auto kept =
        entropyMask.defined() ? in.keepValue * entropyMask.to(in.keepValue) : in.keepValue;
    const auto clipped = in.logRatio.clamp(-config.epsilon, config.upperEpsilon());
    const auto one = torch::where(in.advantages.gt(0), torch::minimum(in.logRatio, clipped),
                                  torch::maximum(in.logRatio, clipped)) *
                     kept;
    return -(torch::exp(one.sum(1, true) / kept.sum(1, true).clamp_min(1)) * in.advantages);
}

torch::Tensor sampleTerm(const PolicyInputs& in, const torch::Tensor& entropyMask,
                         const torch::Tensor& vespo, const GrpoLossConfig& config) {
    switch (config.lossType) {
    case LossType::Cispo:
        return -(in.ratio.detach().clamp_max(config.upperEpsilon()) * in.advantages * in.logProbs);
    case LossType::Sapo:
        return sapoTerm(in, config);
    case LossType::Vespo:
        return -(vespo * in.advantages * in.logProbs);
    case LossType::Gmpo:
        return gmpoTerm(in, entropyMask, config);
    default:
        return clippedTerm(in, config);
    }
}

/// [answers, 1]: whether an answer still counts. Those that are good, and those that the policy has
/// not left far behind.
torch::Tensor onPolicyEnough(const PolicyInputs& in, const GrpoLossInput& input, double threshold) {
    const auto& before = input.samplerLogProbs.defined() ? input.samplerLogProbs : in.oldLogProbs;
    const auto gap = (before.detach() - in.logProbs.detach()).nan_to_num(0.0);
    const auto far = (zerosWhereNot(in.keep, gap)).sum(1, true) / in.lengths;
    return in.advantages.ge(0).logical_or(far.le(threshold)).to(in.keepValue);
}

} // namespace

PolicyInputs policyInputs(const GrpoLossInput& input, const GrpoLossConfig& config) {
    PolicyInputs in;
    in.keep = input.mask.to(torch::kBool);
    // Padding may hold noise of any size: it is replaced before anything is computed from it, so
    // that no infinity can reach the gradient.
    in.logProbs = zerosWhereNot(in.keep, input.logProbs);
    in.oldLogProbs = input.oldLogProbs.defined()
                         ? zerosWhereNot(in.keep, input.oldLogProbs).detach()
                         : in.logProbs.detach();
    const auto type = in.logProbs.scalar_type();
    in.keepValue = in.keep.to(type);
    in.advantages =
        (input.advantages.dim() == 1 ? input.advantages.unsqueeze(1) : input.advantages).to(type);
    if (input.offPolicy.defined()) {
        in.offPolicy = input.offPolicy.to(torch::kBool).unsqueeze(1);
        // A reference has no policy it was sampled from.
        in.oldLogProbs = torch::where(in.offPolicy, in.logProbs.detach(), in.oldLogProbs);
    }
    in.lengths = in.keepValue.sum(1, true).clamp_min(1);
    in.logRatio = in.logProbs - in.oldLogProbs;
    in.ratio =
        torch::exp(config.ratioLevel == RatioLevel::Sequence ? in.logRatio.sum(1, true) / in.lengths
                                                             : in.logRatio);
    return in;
}

PolicyTerm policyTerm(const PolicyInputs& in, const GrpoLossInput& input,
                      const GrpoLossConfig& config) {
    PolicyTerm result;
    if (config.lossType == LossType::Vespo)
        result.vespoWeight = vespoWeight(in, input.samplerRatio, config);
    result.term = sampleTerm(in, input.entropyMask, result.vespoWeight, config);
    if (config.lossType == LossType::Gmpo)
        return result;
    const auto plain = result.term;
    if (config.offPolicyMaskThreshold > 0)
        result.term = result.term * onPolicyEnough(in, input, config.offPolicyMaskThreshold);
    if (input.entropyMask.defined())
        result.term = result.term * input.entropyMask.to(in.keepValue);
    if (input.samplerRatio.defined() && config.lossType != LossType::Vespo)
        result.term = result.term * input.samplerRatio.to(in.keepValue);
    if (!in.offPolicy.defined())
        return result;
    const auto p = torch::exp(in.logProbs);
    result.offRatio = config.shaping == OffPolicyShaping::Luffy ? p / (p + config.shapingGamma) : p;
    const auto reference =
        input.sftTokenWeight ? torch::zeros_like(in.logProbs) : -(result.offRatio * in.advantages);
    result.term = torch::where(in.offPolicy, reference, result.term);
    result.unweighted = torch::where(in.offPolicy, reference, plain).detach();
    return result;
}

torch::Tensor klTerm(const PolicyInputs& in, const torch::Tensor& refLogProbs,
                     const GrpoLossConfig& config) {
    auto kl =
        klPerToken(in.logProbs, zerosWhereNot(in.keep, refLogProbs).detach(), config.klEstimator);
    if (config.unbiasedKl && config.lossType != LossType::Gmpo)
        kl = kl * (in.offPolicy.defined()
                       ? torch::where(in.offPolicy, torch::ones_like(in.ratio), in.ratio)
                       : in.ratio);
    if (in.offPolicy.defined() && !config.offPolicyKl)
        kl = torch::where(in.offPolicy, torch::zeros_like(kl), kl);
    return kl;
}

} // namespace viva
