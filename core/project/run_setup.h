// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/config/train_config.h"

#include <filesystem>

namespace viva {

/// Where a run lives on disk and what it may use.
struct RunSetup {
    TrainConfig config;
    std::filesystem::path runFolder; ///< checkpoints go below it; made when missing
    /// Audio paths of the run's own manifest begin here, for "project" as data.
    std::filesystem::path projectFolder;
    std::filesystem::path demoFolder;  ///< resources/demo, for "demo" as model or data
    std::filesystem::path cacheFolder; ///< encoder outputs; may be shared between runs
    bool resume = false;               ///< go on from the newest checkpoint in runFolder
};

} // namespace viva
