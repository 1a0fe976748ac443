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

struct ClipCheckReport {
    std::int64_t clips = 0;          ///< that were looked at
    std::vector<ImportFault> faults; ///< missing, broken or changed sounds, by the clip's name
    bool stopped = false;
};

/// Decodes every sound of the clips and compares its hash, on two threads.
///
/// Blocks; changes nothing; reads the project through a connection of its own.
/// @throws Error(NotFound | Database) for the project.
[[nodiscard]] ClipCheckReport checkClips(const std::filesystem::path& projectFolder,
                                         const ClipFilter& filter = {}, std::stop_token stop = {},
                                         const std::function<void(double fraction)>& listener = {});

struct ClipHashReport {
    std::int64_t hashed = 0;         ///< clips that had no hash and have one now
    std::vector<ImportFault> faults; ///< sounds that are missing or broken
    bool stopped = false;            ///< what was hashed is kept
};

/// Gives clips that are only referred to the hash of their sound, so that the same sound in two
/// splits can be found. Blocks; writes through a connection of its own; no edit, nothing to undo.
/// @throws Error(NotFound | Io | Database) for the project.
ClipHashReport hashClips(const std::filesystem::path& projectFolder, std::stop_token stop = {},
                         const std::function<void(double fraction)>& listener = {});

} // namespace viva
