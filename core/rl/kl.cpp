// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/kl.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace viva {

torch::Tensor klPerToken(const torch::Tensor& logProbs, const torch::Tensor& refLogProbs,
                         KlEstimator estimator) {
    if (logProbs.sizes() != refLogProbs.sizes())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("klPerToken: logProbs {} and refLogProbs {} differ",
                                c10::str(logProbs.sizes()), c10::str(refLogProbs.sizes())));
    const auto difference = logProbs - refLogProbs;
    switch (estimator) {
    case KlEstimator::K1:
        return difference;
    case KlEstimator::K2:
        return difference.square() * 0.5;
    case KlEstimator::K3:
        break;
    }
    return torch::exp(-difference) + difference - 1;
}

} // namespace viva
