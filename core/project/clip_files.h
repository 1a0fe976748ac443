// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/clip_edit.h"
#include "core/audio/silence_segments.h"
#include "core/data/import_item.h"
#include "core/store/clip_records.h"

#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

class ProjectStore;

struct OpenClipsOptions {
    bool copy = true; ///< into clips/; otherwise referred to where they lie
    /// Long files become one clip for each stretch of speech, written anew into clips/.
    std::optional<SegmentationOptions> segments;
    double segmentFromSec = 30.0; ///< files up to this length are left whole
    Utterance labels;             ///< speaker, language, split, tags and licence of all of them
    std::stop_token stop;
    std::function<void(double)> progress; ///< 0..1, called on the caller's thread
};

/// What became of files that were opened.
struct OpenClipsReport {
    std::int64_t importId = 0;      ///< in ClipStore::imports(); 0 when nothing was asked
    std::vector<std::string> added; ///< names of new clips
    std::vector<std::string> known; ///< files that were in the project already
    std::vector<ImportFault> faults;
    bool stopped = false;
};

/// Adds sound files, and those in folders (with their subfolders), to the project. Each is read to
/// its end first: a broken one is a fault of the report and the others go in.
///
/// Blocks. @throws Error(Io | Database) where the project cannot be used.
[[nodiscard]] OpenClipsReport openClips(ProjectStore& project,
                                        std::span<const std::filesystem::path> paths,
                                        const OpenClipsOptions& options = {});

/// Trims, amplifies or normalises a clip: writes the changed sound as a new file of clips/ (mono,
/// lossless) and makes the clip play it. The file that was there stays as it is, and undo goes back
/// to it. @throws Error(NotFound) where there is no such clip; as editAudio, readAudioFile and
/// writeAudioFile.
void editClipAudio(ProjectStore& project, ClipId id, const AudioEdit& edit);

/// Where a clip's sound lies.
[[nodiscard]] std::filesystem::path clipAudioFile(const std::filesystem::path& projectFolder,
                                                  const ClipRecord& clip);

} // namespace viva
