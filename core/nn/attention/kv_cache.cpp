// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/nn/attention/kv_cache.h"

namespace viva {

KvCache::KvCache(std::int64_t layerCount, std::int64_t rows, std::int64_t kvHeads,
                 std::int64_t capacity, std::int64_t headDim, const torch::TensorOptions& options) {
    for (std::int64_t i = 0; i < layerCount; ++i)
        layers.push_back({torch::zeros({rows, kvHeads, capacity, headDim}, options),
                          torch::zeros({rows, kvHeads, capacity, headDim}, options)});
}

void KvCache::keepRows(const std::vector<std::int64_t>& rows) {
    for (Layer& layer : layers) {
        const torch::Tensor index = torch::tensor(rows, torch::kInt64).to(layer.keys.device());
        layer.keys = layer.keys.index_select(0, index);
        layer.values = layer.values.index_select(0, index);
    }
}

} // namespace viva
