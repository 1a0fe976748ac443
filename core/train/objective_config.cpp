// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/objective_config.h"

#include <cmath>
#include <limits>
#include <numbers>

namespace viva {

GrpoLossConfig lossConfigOf(const TrainConfig& config) {
    const PolicySpec& policy = config.spec.policy;
    const MixedPolicySpec& mixed = config.spec.mixed;
    GrpoLossConfig result;
    result.epsilon = config.epsilon;
    result.epsilonHigh = config.effectiveEpsilonHigh();
    result.beta = config.beta;
    result.klEstimator = klEstimatorFromName(config.klEstimator);
    result.lossType = lossTypeFromName(config.lossType);
    result.ratioLevel = ratioLevelFromName(policy.ratioLevel);
    if (policy.delta > 0)
        result.delta = policy.delta;
    result.unbiasedKl = policy.unbiasedKl;
    result.clipOnPolicy = mixed.clipOnPolicy;
    if (policy.offPolicyMaskThreshold > 0)
        result.offPolicyMaskThreshold = policy.offPolicyMaskThreshold;
    result.sapoTemperaturePos = policy.sapoTemperaturePos;
    result.sapoTemperatureNeg = policy.sapoTemperatureNeg;
    result.vespoKPos = policy.vespoKPos;
    result.vespoLambdaPos = policy.vespoLambdaPos;
    result.vespoKNeg = policy.vespoKNeg;
    result.vespoLambdaNeg = policy.vespoLambdaNeg;
    result.shaping = offPolicyShapingFromName(mixed.shaping);
    result.shapingGamma = mixed.shapingGamma;
    result.offPolicyKl = mixed.kl;
    return result;
}

EntropyControlConfig entropyConfigOf(const TrainConfig& config) {
    const EntropySpec& spec = config.spec.entropy;
    return {spec.coefficient, spec.adaptive, spec.minimum, spec.maximum, spec.delta, spec.target};
}

SamplerCorrectionConfig samplerConfigOf(const TrainConfig& config) {
    const SamplerSpec& spec = config.spec.sampler;
    return {samplerCorrectionFromName(spec.mode),
            spec.clipMin > 0 ? spec.clipMin : -std::numeric_limits<double>::infinity(),
            spec.clipMax};
}

LeafConfig leafConfigOf(const TrainConfig& config) {
    const LeafSpec& spec = config.spec.leaf;
    LeafConfig result;
    result.numForks = spec.numForks;
    result.minPrefixTokens = spec.minPrefixTokens;
    result.terms = leafTermsFromName(spec.terms);
    result.scope = leafScopeFromName(spec.zscoreScope);
    return result;
}

double sftCoefficientAt(const TrainConfig& config, std::int64_t step) {
    const double peak = config.spec.mixed.sftCoef;
    const double done = static_cast<double>(step - 1) / static_cast<double>(config.maxSteps);
    if (config.spec.mixed.sftSchedule == "linear")
        return peak * (1 - done);
    if (config.spec.mixed.sftSchedule == "cosine")
        return peak * 0.5 * (1 + std::cos(std::numbers::pi * done));
    return peak;
}

} // namespace viva
