// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "core/store/clip_records.h"

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

class ProjectStore;

struct ClipCheckReport {
    std::int64_t clips = 0;          ///< that were looked at
    std::vector<ImportFault> faults; ///< missing, broken or changed sounds, by the clip's name
    bool stopped = false;
};

/// Decodes every sound of the clips and compares its hash, on two threads, and lets SQLite look for
/// damage of the project's database. Blocks; changes nothing. @throws Error(Database).
[[nodiscard]] ClipCheckReport checkClips(ProjectStore& project, const ClipFilter& filter = {},
                                         std::stop_token stop = {},
                                         const std::function<void(double fraction)>& listener = {});

struct ClipHashReport {
    std::int64_t hashed = 0;         ///< clips that had no hash and have one now
    std::vector<ImportFault> faults; ///< sounds that are missing or broken
    bool stopped = false;            ///< what was hashed is kept
};

/// Gives clips that are only referred to the hash of their sound, so that the same sound in two
/// splits can be found. Blocks; no edit, nothing to undo. @throws Error(Io | Database).
ClipHashReport hashClips(ProjectStore& project, std::stop_token stop = {},
                         const std::function<void(double fraction)>& listener = {});

} // namespace viva
