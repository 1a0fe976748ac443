// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/corpus/augment.h"
#include "core/corpus/voices.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace viva {

/// How often each answer style is drawn, by task; weights need not sum to 1.
struct StyleMix {
    std::map<std::string, std::map<std::string, double>> weights; ///< task, style, weight
    double nounSynonym = 0; ///< probability that a translation uses noun synonyms
};

/// A voice with its share of a voice list and the ranges its speech is drawn from.
struct VoiceShare {
    Voice voice;
    double weight = 1;
    double minStretch = 1;
    double maxStretch = 1;
    double minPitch = 1;
    double maxPitch = 1;
};

/// One part of a corpus: so many clips with their own sentences.
struct CorpusPart {
    std::string name; ///< ids and folder: "train" gives train-00000 in clips/train
    std::string split;
    int clips = 0;
    std::string voices;      ///< name of a voice list
    int questions = 1;       ///< spoken question answering, so many different ones a clip
    bool translation = true; ///< one German translation a clip
    bool transcription = false;
    int baseTargets = 0;   ///< drawn base-style targets a question
    bool variants = false; ///< every valid answer too
    int copies = 0;        ///< augmented copies a clip
    int taggedClips = 0;   ///< the first so many carry `tag`
    std::string tag;
};

/// Everything a corpus is determined by.
struct CorpusRecipe {
    std::filesystem::path grammar;
    std::uint64_t seed = 0;
    int sampleRateHz = 16000;
    int opusBitsPerSec = 24000;
    StyleMix taskStyles; ///< of references
    StyleMix baseStyles; ///< of base targets
    std::vector<CorpusPart> parts;
    std::map<std::string, std::vector<VoiceShare>> voices;
    AugmentRanges augment;

    /// @throws Error(NotFound | Io | Format) naming the file, the place in it and the cure.
    [[nodiscard]] static CorpusRecipe load(const std::filesystem::path& path);
};

} // namespace viva
