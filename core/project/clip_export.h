// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "core/store/clip_records.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

class ProjectStore;

/// Which clips go where.
struct ClipExportRequest {
    std::filesystem::path folder{}; ///< made here; must be empty where it is there
    ClipFilter filter{};            ///< which clips; none = all
};

struct ClipExportReport {
    std::int64_t clips = 0;
    std::uint64_t bytes = 0;
    std::vector<ImportFault> faults; ///< clips that stayed out, and why
    bool stopped = false;            ///< asked to: what was written is a whole, smaller data set
};

/// Called on the thread of exportClips() with the share that is done, 0..1.
using ExportListener = std::function<void(double fraction)>;

/// Writes clips as a Hugging Face audio folder: SPLIT/metadata.jsonl with the sounds beside it.
///
/// Blocks. The sounds are copied as they are.
/// @throws Error(InvalidArgument) for a folder that holds something, Error(Io) where it cannot be
/// written (disk full: what was written is taken away again), Error(Database) for the project.
ClipExportReport exportClips(ProjectStore& project, const ClipExportRequest& request,
                             std::stop_token stop = {}, const ExportListener& listener = {});

} // namespace viva
