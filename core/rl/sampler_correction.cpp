// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/sampler_correction.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace viva {

torch::Tensor samplerRatio(const torch::Tensor& oldLogProbs, const torch::Tensor& samplerLogProbs,
                           const torch::Tensor& mask, const SamplerCorrectionConfig& config) {
    if (oldLogProbs.sizes() != samplerLogProbs.sizes() || oldLogProbs.sizes() != mask.sizes())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("samplerRatio: oldLogProbs {}, samplerLogProbs {} and mask {} "
                                "differ",
                                c10::str(oldLogProbs.sizes()), c10::str(samplerLogProbs.sizes()),
                                c10::str(mask.sizes())));
    const auto difference = oldLogProbs.detach() - samplerLogProbs.detach();
    const auto known = mask.to(torch::kBool).logical_and(difference.isnan().logical_not());
    auto logRatio = torch::where(known, difference, torch::zeros_like(difference));
    const bool sequence = config.mode == SamplerCorrection::SequenceTruncate ||
                          config.mode == SamplerCorrection::SequenceMask;
    if (sequence)
        logRatio = logRatio.sum(1, true);
    const auto ratio = logRatio.exp();
    if (config.mode == SamplerCorrection::TokenTruncate ||
        config.mode == SamplerCorrection::SequenceTruncate)
        return ratio.clamp(config.clipMin, config.clipMax);
    return ratio.masked_fill(ratio.lt(config.clipMin).logical_or(ratio.gt(config.clipMax)), 0.0);
}

} // namespace viva
