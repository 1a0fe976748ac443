// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/rope.h"

#include <torch/torch.h>

#include <optional>
#include <vector>

namespace viva {

/// Where the tokens of a batch lie when padding is left out: row r owns tokens
/// [offsets[r], offsets[r + 1]) of a [tokens, dim] tensor.
struct TokenRows {
    std::vector<std::int64_t> offsets{0}; ///< rows + 1 entries, ascending
    std::vector<std::int64_t> prefixOf;   ///< per row: the prompt whose keys it sees; empty: none

    [[nodiscard]] std::int64_t rows() const {
        return static_cast<std::int64_t>(offsets.size()) - 1;
    }
    [[nodiscard]] std::int64_t tokens() const { return offsets.back(); }
    [[nodiscard]] std::int64_t length(std::int64_t row) const {
        return offsets[static_cast<std::size_t>(row) + 1] - offsets[static_cast<std::size_t>(row)];
    }
    void append(std::int64_t length) { offsets.push_back(offsets.back() + length); }
};

/// Sizes of grouped-query attention.
struct AttentionShape {
    std::int64_t heads = 0;
    std::int64_t kvHeads = 0; ///< query head h reads key/value head h / (heads / kvHeads)
    std::int64_t headDim = 0;
    double scale = 1.0; ///< multiplies the scores before the softmax

    [[nodiscard]] std::int64_t qkvWidth() const { return (heads + 2 * kvHeads) * headDim; }
};

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
