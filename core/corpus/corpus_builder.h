// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/corpus/corpus_plan.h"
#include "core/corpus/recipe.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace viva {

struct CorpusProgress {
    std::size_t done = 0; ///< clips with their copies
    std::size_t total = 0;
};

struct CorpusBuildOptions {
    int threads = 2;
    std::vector<std::string> parts; ///< names; empty = all. Others are planned but not spoken
    std::function<void(const CorpusProgress&)> progress; ///< called by one thread at a time
    std::stop_token stop;
};

struct CorpusReport {
    std::size_t clips = 0; ///< without copies
    std::size_t copies = 0;
    std::size_t reused = 0;  ///< files that were there already
    double durationSec = 0;  ///< of clips and copies
    std::uint64_t bytes = 0; ///< of the audio files
    bool stopped = false;    ///< asked to stop before the end: no manifest was written
};

/// Speaks a recipe's corpus into `folder`: clips/PART/ID.opus and, at the end, manifest.jsonl.
///
/// A run that was stopped goes on where it was: finished clips are noted in .render.jsonl and kept
/// as long as their plan and their bytes are the same. The samples depend on the recipe alone, not
/// on threads or order.
/// @throws Error as Grammar::load, planCorpus, speak and writeAudioFile; Error(InvalidArgument) for
/// an unknown part; Error(NotFound) for a voice that is not installed, before anything is spoken.
CorpusReport buildCorpus(const CorpusRecipe& recipe, const std::filesystem::path& folder,
                         const CorpusBuildOptions& options = {});

/// The same for clips that were planned otherwise; of the recipe, rate and bit rate count.
/// @throws as above, but for the recipe.
CorpusReport buildCorpus(const CorpusRecipe& recipe, std::vector<PlannedClip> clips,
                         const std::filesystem::path& folder,
                         const CorpusBuildOptions& options = {});

} // namespace viva
