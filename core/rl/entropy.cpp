// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/entropy.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace viva {

double entropyThreshold(const torch::Tensor& entropies, double quantile) {
    if (!(quantile >= 0 && quantile <= 1))
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("top_entropy_quantile is {}; it must lie between 0 and 1", quantile));
    if (entropies.numel() == 0)
        return std::numeric_limits<double>::infinity();
    return torch::quantile(entropies.detach().to(torch::kFloat32).flatten(), 1.0 - quantile)
        .item<float>();
}

torch::Tensor highEntropyMask(const torch::Tensor& entropy, const torch::Tensor& mask,
                              double quantile) {
    if (entropy.sizes() != mask.sizes())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("highEntropyMask: entropy {} and mask {} differ",
                                c10::str(entropy.sizes()), c10::str(mask.sizes())));
    const auto keep = mask.to(torch::kBool);
    const auto single = entropy.detach().to(torch::kFloat32);
    return keep.logical_and(single.ge(entropyThreshold(single.masked_select(keep), quantile)));
}

double EntropyControl::acting() const {
    if (!m_config.adaptive)
        return m_config.coefficient;
    const bool low = m_state.measured >= 0 && m_state.measured <= m_config.target;
    return low ? m_state.coefficient : 0.0;
}

void EntropyControl::finish(double entropySum, double tokens) {
    m_state.measured = entropySum / std::max(tokens, 1.0);
    if (!m_config.adaptive)
        return;
    if (m_state.measured <= m_config.target)
        m_state.coefficient = std::min(m_state.coefficient + m_config.delta, m_config.maximum);
    else
        m_state.coefficient = std::max(m_state.coefficient - m_config.delta, m_config.minimum);
}

} // namespace viva
