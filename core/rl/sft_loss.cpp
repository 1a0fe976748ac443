// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rl/sft_loss.h"

#include "core/base/error.h"

#include <fmt/format.h>

namespace viva {

torch::Tensor sftLoss(const torch::Tensor& logProbs, const torch::Tensor& mask, double stepTokens) {
    if (logProbs.sizes() != mask.sizes())
        throw Error(ErrorCode::ShapeMismatch,
                    fmt::format("sftLoss: logProbs {} and mask {} differ",
                                c10::str(logProbs.sizes()), c10::str(mask.sizes())));
    if (!(stepTokens > 0))
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("sftLoss: the step holds {} answer tokens; it needs at least one",
                                stepTokens));
    const auto keep = mask.to(torch::kBool);
    return -torch::where(keep, logProbs, torch::zeros_like(logProbs)).sum() / stepTokens;
}

} // namespace viva
