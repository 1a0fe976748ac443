// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/corpus/augment.h"
#include "core/corpus/corpus_builder.h"
#include "core/corpus/corpus_plan.h"
#include "core/corpus/voices.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace viva {

/// A line that is spoken, with what can be asked about it; slots are not filled yet.
struct SpokenLine {
    std::string text;
    std::string task;     ///< "sqa", "ast", "asr"; empty = told from the rest
    std::string question; ///< or instruction; empty = the usual one
    std::string reference;
};

/// A list that fills a slot. Options may have forms: "the dog / der Hund".
struct SlotList {
    std::string name;
    std::vector<std::vector<std::string>> options; ///< each with its forms, the first one spoken
};

/// Somebody's own texts.
///
/// A .txt file has a line for each sentence, with a tab between text, question and reference where
/// there are such. Slots stand in braces and are filled from lists: "name = Tom | the old teacher".
/// {name} is filled the same in text, question and reference; {name.2} is the second form of the
/// same option. "#" begins a remark. A .tsv, .csv or .jsonl file has columns text, question,
/// reference and task (or their usual names) and no slots.
struct SpokenTexts {
    std::vector<SpokenLine> lines;
    std::vector<SlotList> slots;

    [[nodiscard]] bool hasSlots() const;
    /// @throws Error(NotFound | Io); Error(Format) naming the line: text that is not UTF-8, a slot
    /// without list, a form that an option has not, a row without text.
    [[nodiscard]] static SpokenTexts load(const std::filesystem::path& path);
};

struct TextCorpusOptions {
    std::vector<Voice> voices{}; ///< at least one; each clip draws its own
    int clips = 0;               ///< 0 = every line once; needed where there are slots
    int copies = 0;              ///< augmented copies a clip
    AugmentRanges augment{};
    std::string split = "train";
    std::string language = "en";
    std::string targetLanguage{}; ///< of translations: "de"
    std::uint64_t seed = 0;
};

/// Fills slots, draws voices and changes. The same texts, options and seed give the same plan; no
/// sentence comes twice where slots are drawn.
/// @throws Error(InvalidArgument) without voice or clips, or where the texts give too few different
/// sentences.
[[nodiscard]] std::vector<PlannedClip> planTexts(const SpokenTexts& texts,
                                                 const TextCorpusOptions& options);

/// "flite:slt" with its speaker and licence. @throws Error(InvalidArgument) for other engines than
/// flite, espeak-ng and festival.
[[nodiscard]] Voice voiceNamed(const std::string& id);

} // namespace viva
