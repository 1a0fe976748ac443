// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
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
    [[nodiscard]] std::int64_t begin(std::int64_t row) const {
        return offsets[static_cast<std::size_t>(row)];
    }
    [[nodiscard]] std::int64_t length(std::int64_t row) const {
        return begin(row + 1) - begin(row);
    }
    [[nodiscard]] std::int64_t longest() const;
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

} // namespace viva
