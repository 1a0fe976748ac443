// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace viva {

/// A list of utterances as a file: one JSON object a line (manifest.jsonl), audio beside it.
///
/// Keys: id, audio, text, voice, speaker, language, seed, split, durationSec, sha256, licence,
/// copyOf, tags, tasks [{task, question, references, style, baseTargets, variants}]. Needed are id,
/// audio, split and in tasks task, question, references; empty ones are left out when writing.
struct Manifest {
    std::filesystem::path folder; ///< audio paths are relative to it
    std::vector<Utterance> utterances;

    [[nodiscard]] std::filesystem::path audioFile(const Utterance& utterance) const {
        return folder / utterance.audioPath;
    }
};

/// Where the audio of a manifest may lie.
enum class AudioPaths {
    Inside,  ///< below the manifest's folder: what comes from elsewhere
    Anywhere ///< absolute paths too: what a project wrote for itself
};

/// Strict reading: unknown keys, wrong types, an id twice, a task without reference, a path that is
/// absolute or leaves the folder are refused. Audio files are not looked at.
/// @throws Error(NotFound | Io | Format) naming file, line, place and cure.
[[nodiscard]] Manifest readManifest(const std::filesystem::path& path);

/// Reads one line; `origin` ("manifest.jsonl:12") names it in messages. @throws Error(Format).
[[nodiscard]] Utterance parseUtterance(std::string_view line, const std::string& origin,
                                       AudioPaths paths = AudioPaths::Inside);

/// The clips of a project as a run took them: paths are relative to `folder`, the project, or
/// absolute. @throws as readManifest.
[[nodiscard]] Manifest readProjectManifest(const std::filesystem::path& path,
                                           const std::filesystem::path& folder);

/// One line without its end.
[[nodiscard]] std::string formatUtterance(const Utterance& utterance);

/// @throws Error(InvalidArgument) for utterances that could not be read back; Error(Io).
void writeManifest(const std::filesystem::path& path, const std::vector<Utterance>& utterances,
                   AudioPaths paths = AudioPaths::Inside);

/// What is wrong with an utterance, as a clause for a message ("has no id"); empty when it is
/// sound.
[[nodiscard]] std::string faultOf(const Utterance& utterance,
                                  AudioPaths paths = AudioPaths::Inside);
/// The same for one of its tasks ("has a task sqa without question; add one").
[[nodiscard]] std::string faultOf(const UtteranceTask& task);

/// Compares every audio file with its hash. @return one sentence for each that is missing or
/// differs.
[[nodiscard]] std::vector<std::string> checkAudio(const Manifest& manifest);

} // namespace viva
