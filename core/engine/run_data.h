// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/dataset.h"
#include "core/project/run_setup.h"

#include <filesystem>
#include <vector>

namespace viva {

/// What a run trains on and what it is scored on.
struct RunData {
    Dataset train;
    Dataset heldOut;

    /// The sounds of both, each once.
    [[nodiscard]] std::vector<std::filesystem::path> clips() const;
};

/// Reads the data that the configuration names: the demo's, the project's own clips as the run's
/// manifest has them, or a manifest.
/// @throws Error as readManifest; InvalidArgument when there is nothing to train on.
[[nodiscard]] RunData openRunData(const RunSetup& setup);

} // namespace viva
