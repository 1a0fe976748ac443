// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/train/micro_batches.h"

#include <algorithm>

namespace viva {

std::vector<Slice> microBatchesOf(std::size_t prompts, int worker, int workers, int count) {
    const auto mine = sliceOf(prompts, worker, workers);
    const auto parts = std::min<std::size_t>(static_cast<std::size_t>(count), mine.size());
    std::vector<Slice> result;
    for (std::size_t i = 0; i < parts; ++i) {
        const auto part = sliceOf(mine.size(), static_cast<int>(i), static_cast<int>(parts));
        result.push_back({mine.first + part.first, mine.first + part.last});
    }
    return result;
}

std::vector<MicroBatch> planMicroBatches(std::size_t prompts, int updates, int worker, int workers,
                                         int count) {
    std::vector<MicroBatch> result;
    for (int update = 0; update < updates; ++update) {
        const auto part = sliceOf(prompts, update, updates);
        for (const auto& slice : microBatchesOf(part.size(), worker, workers, count))
            result.push_back({update, {part.first + slice.first, part.first + slice.last}});
    }
    return result;
}

} // namespace viva
