// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/attention/attention_layout.h"
#include "core/nn/attention/rope.h"

#include <torch/torch.h>

#include <optional>
#include <vector>

namespace viva {

/// Keys and values of prompts that several rows share.
struct SharedPrefix {
    torch::Tensor keys;                ///< [prompts, kvHeads, time, headDim], rotated
    torch::Tensor values;              ///< [prompts, kvHeads, time, headDim]
    std::vector<std::int64_t> lengths; ///< true lengths; what lies behind is ignored
};

/// What attention gives back.
struct AttentionResult {
    torch::Tensor output; ///< [tokens, heads * headDim]
    torch::Tensor
        keys; ///< [rows, kvHeads, longest row, headDim], rotated, 0 in padding; if asked for
    torch::Tensor values; ///< same
};

/// Rotary positions and causal grouped-query attention over rows without padding.
///
/// qkv [tokens, qkvWidth]: queries, keys and values side by side; **it is consumed**: the float32
/// CPU path rotates it in place, so nobody may use it afterwards. A row's token t attends to its
/// row's tokens up to t and, with a prefix, to all of its prompt, under one softmax (float32).
/// Positions start at the prefix' length, else at 0. The prefix is read where it lies: no copy per
/// row, nor per head. Differentiable in qkv and in the prefix, also through the returned keys and
/// values.
[[nodiscard]] AttentionResult ropeAttention(const torch::Tensor& qkv, const TokenRows& rows,
                                            const AttentionShape& shape, const RopeTable& rope,
                                            const SharedPrefix* prefix, bool wantKeysValues);

} // namespace viva
