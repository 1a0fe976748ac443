// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/import_item.h"
#include "core/data/utterance.h"

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

/// Sound files as clips of a project, with the labels they share.
struct SoundFilesRequest {
    std::vector<std::filesystem::path> files; ///< a folder stands for every sound file below it
    bool copyAudio = true; ///< into the project's clips/; otherwise referred to where they lie
    Utterance labels;      ///< split, speaker, language and tags of all of them
};

struct SoundFilesReport {
    ImportCounts counts;
    std::vector<std::string>
        added; ///< sources of the clips that are new, for ClipStore::clipOfSource
    std::vector<ImportFault> faults;
    bool stopped = false;
};

/// Called with the share that is done, 0..1.
using SoundFilesListener = std::function<void(double fraction)>;

/// Opens sound files into the project; a clip is called as its file. A file of the same name with
/// the ending .txt is its transcript. What is in the project already is not added again.
///
/// Blocks; opens a connection of its own. Trouble with one file is a fault, the others go in.
/// @throws Error(Database | Io) where the project cannot be opened.
[[nodiscard]] SoundFilesReport openSoundFiles(const std::filesystem::path& projectFolder,
                                              const SoundFilesRequest& request,
                                              std::stop_token stop = {},
                                              const SoundFilesListener& listener = {});

/// Copies clips of a manifest that lies in `folder`, sounds and labels, as openSoundFiles.
[[nodiscard]] SoundFilesReport copyClips(const std::filesystem::path& projectFolder,
                                         const std::filesystem::path& folder,
                                         std::span<const Utterance> clips,
                                         std::stop_token stop = {},
                                         const SoundFilesListener& listener = {});

/// Whether the name looks like a sound file's.
[[nodiscard]] bool looksLikeSound(const std::filesystem::path& path);

} // namespace viva
