// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/attention/attention.h"

#include <torch/torch.h>

namespace viva {

/// ropeAttention by plain tensor operators, on any device and dtype: rows are padded to the longest
/// and grouped by prompt, so that a prompt's keys still stand once. Scores and softmax run in
/// float32. `cosSin` covers all positions; the rest is as in ropeAttention, but qkv is left as it
/// was.
[[nodiscard]] AttentionResult paddedAttention(const torch::Tensor& qkv, const TokenRows& rows,
                                              const AttentionShape& shape,
                                              const std::pair<torch::Tensor, torch::Tensor>& cosSin,
                                              const SharedPrefix* prefix, bool wantKeysValues);

} // namespace viva
