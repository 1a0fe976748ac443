// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/model_config.h"
#include "core/config/train_config.h"

#include <cstdint>
#include <string>
#include <vector>

namespace viva {

/// What a run's memory depends on beside model and configuration.
struct MemorySetting {
    int workers = 1;     ///< threads that each run a share of the prompts at the same time
    bool gpu = false;    ///< one worker, operators instead of kernels
    double clipSec = 10; ///< the longest clip
    std::int64_t promptTextTokens = 64;
    std::int64_t wholeParameters = 0;     ///< of weights that are trained themselves
    std::int64_t referenceParameters = 0; ///< of the networks that are kept twice then
};

/// One place the memory goes to.
struct MemoryPart {
    std::string name;
    std::uint64_t bytes = 0;
};

struct MemoryEstimate {
    std::vector<MemoryPart> parts;

    [[nodiscard]] std::uint64_t total() const;
    /// 0 for a part that is not there.
    [[nodiscard]] std::uint64_t bytesOf(const std::string& name) const;
};

/// Memory of a training run at its peak: everything that is there all the time, and the larger of
/// what sampling and the update need on top. Every answer is taken to be as long as is allowed and
/// no two to be equal, so that a real run stays below.
[[nodiscard]] MemoryEstimate estimateMemory(const SpeechModelConfig& model,
                                            const TrainConfig& config,
                                            const MemorySetting& setting);

/// "1.83 GB", decimal units.
[[nodiscard]] std::string bytesText(std::uint64_t bytes);

} // namespace viva
