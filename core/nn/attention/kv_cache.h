// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <torch/torch.h>

#include <vector>

namespace viva {

/// Keys and values of the answers while they grow: storage for the longest answer is taken once, a
/// step writes one position, and finished rows are dropped by moving the others up.
struct KvCache {
    struct Layer {
        torch::Tensor keys;   ///< [rows, kvHeads, capacity, headDim], rotated
        torch::Tensor values; ///< same
    };
    std::vector<Layer> layers;
    std::int64_t length = 0; ///< positions written, the same for every row

    KvCache(std::int64_t layerCount, std::int64_t rows, std::int64_t kvHeads, std::int64_t capacity,
            std::int64_t headDim, const torch::TensorOptions& options);

    /// Keeps the rows listed (ascending) and drops the others.
    void keepRows(const std::vector<std::int64_t>& rows);
};

} // namespace viva
