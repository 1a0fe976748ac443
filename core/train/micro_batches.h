// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/nn/worker_pool.h"

#include <vector>

namespace viva {

/// Neighbouring prompts of a step that one worker runs through the network together.
struct MicroBatch {
    int update = 0; ///< which of the generation's updates they belong to
    Slice prompts;
};

/// One value a micro-batch: [worker][micro-batch].
template<typename Value>
using PerMicroBatch = std::vector<std::vector<Value>>;

/// A worker's share of a step's prompts, in at most `count` micro-batches.
[[nodiscard]] std::vector<Slice> microBatchesOf(std::size_t prompts, int worker, int workers,
                                                int count);

/// A worker's micro-batches where a generation lasts for several updates: each update takes its
/// part of the prompts, and each worker its share of that part.
[[nodiscard]] std::vector<MicroBatch> planMicroBatches(std::size_t prompts, int updates, int worker,
                                                       int workers, int count);

} // namespace viva
