// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <filesystem>
#include <map>
#include <vector>

namespace viva {

/// Tasks as they were typed, of clips where one of them is not whole yet.
using ClipDrafts = std::map<ClipId, std::vector<UtteranceTask>>;

/// Kept in drafts.json of the project, so that a question without its answer outlives the window.
/// No file: none. @throws Error(Io | Format).
[[nodiscard]] ClipDrafts readDrafts(const std::filesystem::path& projectFolder);
/// @throws Error(Io).
void writeDrafts(const std::filesystem::path& projectFolder, const ClipDrafts& drafts);

} // namespace viva
