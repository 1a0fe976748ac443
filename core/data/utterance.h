// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace viva {

/// One thing that can be asked about a clip.
struct UtteranceTask {
    std::string task;                     ///< "sqa", "ast" or "asr"
    std::string question;                 ///< question (sqa) or instruction (ast, asr)
    std::vector<std::string> references;  ///< at least one
    std::string style;                    ///< style of the first reference; may be empty
    std::vector<std::string> baseTargets; ///< for training a base model in its own styles
    std::vector<std::string> variants;    ///< every valid answer, for measures without style

    bool operator==(const UtteranceTask&) const = default;
};

/// A clip with its transcript, where it comes from, and what can be asked about it.
struct Utterance {
    std::string id;
    std::string audioPath; ///< relative to the manifest's folder, with forward slashes
    std::string text;      ///< transcript; may be empty
    std::string voice;     ///< "flite:slt", "espeak-ng:en-us"; empty for a person
    std::string speaker;   ///< the person or voice that must not be on both sides of a split
    std::string language;  ///< what is spoken: "en"; may be empty
    std::uint64_t seed = 0;
    std::string split; ///< "base", "train", "validation", "test" or any other name
    double durationSec = 0;
    std::string sha256; ///< of the file, 64 hexadecimal digits; may be empty
    std::string licence;
    std::string copyOf; ///< id of the clip this is an augmented copy of
    std::vector<std::string> tags;
    std::vector<UtteranceTask> tasks;

    [[nodiscard]] bool hasTag(const std::string& tag) const {
        for (const std::string& own : tags)
            if (own == tag)
                return true;
        return false;
    }

    bool operator==(const Utterance&) const = default;
};

} // namespace viva
