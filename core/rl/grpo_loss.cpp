// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/grpo_loss.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

void requireShape(const torch::Tensor& tensor, c10::IntArrayRef expected, const char* name) {
    if (tensor.sizes() != expected)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("grpoLoss: {} is {}, logProbs ask for {}", name,
                                c10::str(tensor.sizes()), c10::str(expected)));
}

void checkShapes(const GrpoLossInput& input) {
    if (input.logProbs.dim() != 2)
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("grpoLoss: logProbs is {}, expected [answers, time]",
                                c10::str(input.logProbs.sizes())));
    const auto shape = input.logProbs.sizes();
    requireShape(input.mask, shape, "mask");
    requireShape(input.weights, shape.slice(0, 1), "weights");
    if (input.oldLogProbs.defined())
        requireShape(input.oldLogProbs, shape, "oldLogProbs");
    if (input.refLogProbs.defined())
        requireShape(input.refLogProbs, shape, "refLogProbs");
    requireShape(input.advantages, input.advantages.dim() == 1 ? shape.slice(0, 1) : shape,
                 "advantages");
}

/// Double-precision CPU copies of what the curves are made of; the loss itself stays as it is.
struct Curves {
    torch::Tensor logProbs, oldLogProbs, advantages, mask, kl, policyTerm;
};

torch::Tensor onCpu(const torch::Tensor& tensor) {
    return tensor.detach().to(torch::kCPU, torch::kDouble).contiguous();
}

GrpoLossSums sumUp(const Curves& curves, const GrpoLossConfig& config) {
    GrpoLossSums sums;
    const auto logProbs = curves.logProbs.accessor<double, 2>();
    const auto old = curves.oldLogProbs.accessor<double, 2>();
    const auto advantages = curves.advantages.accessor<double, 2>();
    const auto mask = curves.mask.accessor<double, 2>();
    const auto policy = curves.policyTerm.accessor<double, 2>();
    for (std::int64_t row = 0; row < mask.size(0); ++row) {
        double tokens = 0;
        double low = 0;
        double high = 0;
        for (std::int64_t time = 0; time < mask.size(1); ++time) {
            if (mask[row][time] == 0)
                continue;
            const double difference = logProbs[row][time] - old[row][time];
            const double ratio = std::exp(difference);
            const double advantage = advantages[row][time];
            tokens += 1;
            low += ratio < 1 - config.epsilon && advantage < 0 ? 1 : 0;
            high += ratio > 1 + config.epsilonHigh && advantage > 0 ? 1 : 0;
            sums.policyLoss += policy[row][time];
            sums.klPolicy += std::exp(-difference) + difference - 1;
            sums.maxRatioDeviation = std::max(sums.maxRatioDeviation, std::abs(ratio - 1));
        }
        if (tokens == 0)
            continue;
        sums.tokens += tokens;
        sums.lowClipped += low;
        sums.highClipped += high;
        sums.lowShareMin = std::min(sums.lowShareMin, low / tokens);
        sums.highShareMax = std::max(sums.highShareMax, high / tokens);
    }
    if (curves.kl.defined())
        sums.kl = curves.kl.sum().item<double>();
    return sums;
}

} // namespace

GrpoLossSums& GrpoLossSums::operator+=(const GrpoLossSums& other) {
    policyLoss += other.policyLoss;
    kl += other.kl;
    klPolicy += other.klPolicy;
    tokens += other.tokens;
    lowClipped += other.lowClipped;
    highClipped += other.highClipped;
    lowShareMin = std::min(lowShareMin, other.lowShareMin);
    highShareMax = std::max(highShareMax, other.highShareMax);
    maxRatioDeviation = std::max(maxRatioDeviation, other.maxRatioDeviation);
    return *this;
}

GrpoLossResult grpoLoss(const GrpoLossInput& input, const GrpoLossConfig& config) {
    checkShapes(input);
    const auto keep = input.mask.to(torch::kBool);
    // Padding may hold noise of any size: it is replaced before anything is computed from it, so
    // that no infinity can reach the gradient.
    const auto logProbs = torch::where(keep, input.logProbs, torch::zeros_like(input.logProbs));
    const auto masked = [&](const torch::Tensor& tensor) {
        return torch::where(keep, tensor, torch::zeros_like(tensor));
    };
    const auto oldLogProbs =
        input.oldLogProbs.defined() ? masked(input.oldLogProbs).detach() : logProbs.detach();
    const auto type = logProbs.scalar_type();
    const auto advantages =
        (input.advantages.dim() == 1 ? input.advantages.unsqueeze(1) : input.advantages).to(type);
    const auto weights = input.weights.to(type).unsqueeze(1) * keep.to(type);

    const auto ratio = torch::exp(logProbs - oldLogProbs);
    const auto clipped = torch::clamp(ratio, 1 - config.epsilon, 1 + config.epsilonHigh);
    const auto policyTerm = -torch::minimum(ratio * advantages, clipped * advantages) * weights;
    auto loss = policyTerm.sum();
    torch::Tensor kl;
    if (input.refLogProbs.defined()) {
        kl = klPerToken(logProbs, masked(input.refLogProbs).detach(), config.klEstimator);
        // Added also for beta 0 would cost a backward for nothing.
        if (config.beta != 0)
            loss = loss + (kl * weights).sum() * config.beta;
    }

    Curves curves;
    curves.logProbs = onCpu(logProbs);
    curves.oldLogProbs = onCpu(oldLogProbs);
    curves.advantages = onCpu(advantages.expand_as(logProbs));
    curves.mask = onCpu(keep);
    curves.policyTerm = onCpu(policyTerm);
    if (kl.defined())
        curves.kl = onCpu(masked(kl));
    return {loss, sumUp(curves, config)};
}

} // namespace viva
