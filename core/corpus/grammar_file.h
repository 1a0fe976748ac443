// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/corpus/german.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace viva {

struct GermanNoun {
    std::string word;
    std::string plural;
    Gender gender = Gender::Neuter;
};

struct NounEntry {
    std::string en;
    std::string enPlural;
    GermanNoun de;
    GermanNoun synonym;
};

/// An English word and its German one: adjectives (stem), numbers, times.
struct WordPair {
    std::string en;
    std::string de;
};

struct VerbEntry {
    std::string en;         ///< infinitive
    std::string past;       ///< English simple past
    std::string participle; ///< German, with "haben"
    std::string preterite;
    std::string synonym; ///< preterite of a verb that means the same
};

struct MotionEntry {
    std::string en;
    std::string de;      ///< infinitive
    std::string present; ///< third person singular
};

struct PlaceEntry {
    std::string en;
    std::string de;
    Gender gender = Gender::Neuter;
    bool venue = false; ///< one can go there
    std::vector<std::string> prepositions;
};

/// What a slot is filled from.
enum class SlotSource {
    Names,
    Nouns,
    Things,
    Verbs,
    Motions,
    Numbers,
    Places,
    Venues,
    EventTimes,
    PlanTimes
};

struct SlotEntry {
    std::string name;
    SlotSource source = SlotSource::Names;
};

struct QuestionEntry {
    std::string kind;
    std::string ask;
    std::string full;
    std::string shortForm;
};

struct PatternEntry {
    std::string name;
    double weight = 1;
    std::vector<SlotEntry> slots;
    std::string english;
    std::map<std::string, std::string> german; ///< clause by word order
    std::vector<QuestionEntry> questions;
};

/// The content of a grammar file.
struct GrammarFile {
    std::string origin;
    std::vector<std::string> names;
    std::vector<NounEntry> nouns;
    std::vector<WordPair> adjectives;
    std::vector<VerbEntry> verbs;
    std::vector<MotionEntry> motions;
    std::map<std::string, std::string> prepositions;
    std::vector<PlaceEntry> places;
    std::vector<WordPair> numbers;
    std::vector<WordPair> eventTimes;
    std::vector<WordPair> planTimes;
    std::vector<PatternEntry> patterns;
    std::map<std::string, std::map<std::string, std::string>> styles; ///< task, style, template
    std::map<std::string, std::string> instructions;                  ///< by task
};

/// @throws Error(NotFound | Io | Format) naming the file, the place in it and the cure.
[[nodiscard]] GrammarFile readGrammarFile(const std::filesystem::path& path);

} // namespace viva
