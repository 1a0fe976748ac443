// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"
#include "core/soundcard/recorder.h"
#include "core/store/clip_records.h"

#include <filesystem>
#include <string>
#include <vector>

namespace viva {

class ProjectStore;

/// What a recording becomes in a project. A take is a file in clips/.takes until it is kept, which
/// moves it to clips/ and adds the clip; a take that a crash left behind is found again and can be
/// kept as any other. Each call blocks for the time of a few file operations.

/// Where the next take goes; the folder is made. @throws Error(Io).
[[nodiscard]] std::filesystem::path newTakeFile(const std::filesystem::path& projectFolder);

/// Takes that nobody records any more, mended so that they are whole, oldest first; empty ones are
/// removed. What is broken beyond that is left alone and not listed.
[[nodiscard]] std::vector<RecordedTake> leftTakes(const std::filesystem::path& projectFolder);

/// Moves the take into clips/ and adds it to the project's clips with duration, rate, channels and
/// hash. The model hears it at 16 kHz, mixed to one channel, as any other clip.
/// @param labels its id is the wished name, may be empty; tasks must be whole
/// @throws Error(InvalidArgument) for an empty take or labels that are not sound,
/// Error(Io | Database) where the take or the project cannot be used; the take is then
/// still where it was.
ClipId keepTake(ProjectStore& project, const RecordedTake& take, const Utterance& labels);

/// Deletes the take for good. Nothing happens where it is gone already.
void discardTake(const RecordedTake& take);

} // namespace viva
