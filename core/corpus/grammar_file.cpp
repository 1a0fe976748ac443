// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/grammar_file.h"

#include "core/base/json_reader.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace viva {
namespace {

using nlohmann::json;

constexpr int kVersion = 1;
constexpr std::array<std::pair<std::string_view, SlotSource>, 10> kSources{{
    {"names", SlotSource::Names},
    {"nouns", SlotSource::Nouns},
    {"things", SlotSource::Things},
    {"verbs", SlotSource::Verbs},
    {"motions", SlotSource::Motions},
    {"numbers", SlotSource::Numbers},
    {"places", SlotSource::Places},
    {"venues", SlotSource::Venues},
    {"eventTimes", SlotSource::EventTimes},
    {"planTimes", SlotSource::PlanTimes},
}};

/// Calls `read(JsonReader&) -> T` for every object of a non-empty list.
template<typename Read>
auto readList(JsonReader& parent, const std::string& origin, const std::string& key, Read read) {
    const json* list = parent.raw(key);
    if (!list || !list->is_array() || list->empty())
        parent.fail(key, "must be a list with at least one entry");
    std::vector<decltype(read(parent))> entries;
    for (std::size_t i = 0; i < list->size(); ++i) {
        JsonReader reader((*list)[i], origin, fmt::format("{}[{}]", key, i));
        entries.push_back(read(reader));
        reader.finish();
    }
    return entries;
}

std::map<std::string, std::string> readTexts(JsonReader& parent, std::string_view key) {
    const json* object = parent.raw(key);
    if (!object || !object->is_object() || object->empty())
        parent.fail(key, "must be an object with at least one entry");
    std::map<std::string, std::string> texts;
    for (const auto& [name, value] : object->items()) {
        if (!value.is_string())
            parent.fail(key,
                        fmt::format("must hold texts only; \"{}\" is {}", name, value.type_name()));
        texts.emplace(name, value.get<std::string>());
    }
    return texts;
}

Gender readGender(JsonReader& reader) {
    std::string letter;
    reader.required("gender", letter);
    const auto gender = parseGender(letter);
    if (!gender)
        reader.fail("gender", fmt::format("is \"{}\"; write m, f or n", letter));
    return *gender;
}

GermanNoun readGermanNoun(JsonReader& reader) {
    GermanNoun noun;
    reader.required("de", noun.word);
    reader.required("dePlural", noun.plural);
    noun.gender = readGender(reader);
    return noun;
}

NounEntry readNoun(JsonReader& reader) {
    NounEntry noun;
    reader.required("en", noun.en);
    reader.required("enPlural", noun.enPlural);
    noun.de = readGermanNoun(reader);
    noun.synonym = noun.de;
    if (auto synonym = reader.object("synonym")) {
        noun.synonym = readGermanNoun(*synonym);
        synonym->finish();
    }
    return noun;
}

WordPair readPair(JsonReader& reader) {
    WordPair pair;
    reader.required("en", pair.en);
    reader.required("de", pair.de);
    return pair;
}

VerbEntry readVerb(JsonReader& reader) {
    VerbEntry verb;
    reader.required("en", verb.en);
    reader.required("past", verb.past);
    reader.required("participle", verb.participle);
    reader.required("preterite", verb.preterite);
    verb.synonym = verb.preterite;
    reader.optional("synonym", verb.synonym);
    return verb;
}

MotionEntry readMotion(JsonReader& reader) {
    MotionEntry motion;
    reader.required("en", motion.en);
    reader.required("de", motion.de);
    reader.required("present", motion.present);
    return motion;
}

PlaceEntry readPlace(JsonReader& reader, const std::map<std::string, std::string>& prepositions) {
    PlaceEntry place;
    reader.required("en", place.en);
    reader.required("de", place.de);
    place.gender = readGender(reader);
    reader.optional("venue", place.venue);
    reader.required("prepositions", place.prepositions);
    if (place.prepositions.empty())
        reader.fail("prepositions", "must name at least one preposition");
    for (const std::string& preposition : place.prepositions)
        if (!prepositions.contains(preposition))
            reader.fail("prepositions", fmt::format("names \"{}\", which the list \"prepositions\" "
                                                    "of the file does not translate; add it there",
                                                    preposition));
    return place;
}

std::vector<SlotEntry> readSlots(JsonReader& reader) {
    const json* list = reader.raw("slots");
    if (!list || !list->is_array() || list->empty())
        reader.fail("slots", "must be a list of [name, source] pairs");
    std::vector<SlotEntry> slots;
    for (const json& pair : *list) {
        if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string())
            reader.fail("slots", "must be a list of [name, source] pairs of texts");
        SlotEntry slot{pair[0].get<std::string>(), SlotSource::Names};
        const std::string source = pair[1].get<std::string>();
        const auto* found = std::find_if(kSources.begin(), kSources.end(),
                                         [&](const auto& known) { return known.first == source; });
        if (found == kSources.end())
            reader.fail("slots", fmt::format("fills \"{}\" from \"{}\"; known sources are names, "
                                             "nouns, things, verbs, motions, numbers, places, "
                                             "venues, eventTimes and planTimes",
                                             slot.name, source));
        slot.source = found->second;
        slots.push_back(std::move(slot));
    }
    return slots;
}

QuestionEntry readQuestion(JsonReader& reader) {
    QuestionEntry question;
    reader.required("kind", question.kind);
    reader.required("ask", question.ask);
    reader.required("full", question.full);
    reader.required("short", question.shortForm);
    return question;
}

PatternEntry readPattern(JsonReader& reader, const std::string& origin) {
    PatternEntry pattern;
    reader.required("name", pattern.name);
    reader.optional("weight", pattern.weight);
    if (!(pattern.weight > 0) || !std::isfinite(pattern.weight))
        reader.fail("weight", fmt::format("is {}; it must be above 0", pattern.weight));
    pattern.slots = readSlots(reader);
    reader.required("english", pattern.english);
    pattern.german = readTexts(reader, "german");
    pattern.questions = readList(reader, origin, "questions", readQuestion);
    return pattern;
}

} // namespace

GrammarFile readGrammarFile(const std::filesystem::path& path) {
    const json document = readJsonFile(path);
    GrammarFile file;
    file.origin = path.string();
    JsonReader reader(document, file.origin);
    int version = 0;
    reader.required("version", version);
    if (version != kVersion)
        reader.fail("version",
                    fmt::format("is {}; this program reads version {}", version, kVersion));
    reader.required("names", file.names);
    file.nouns = readList(reader, file.origin, "nouns", readNoun);
    file.adjectives = readList(reader, file.origin, "adjectives", readPair);
    file.verbs = readList(reader, file.origin, "verbs", readVerb);
    file.motions = readList(reader, file.origin, "motions", readMotion);
    file.prepositions = readTexts(reader, "prepositions");
    file.places = readList(reader, file.origin, "places",
                           [&](JsonReader& entry) { return readPlace(entry, file.prepositions); });
    file.numbers = readList(reader, file.origin, "numbers", readPair);
    file.eventTimes = readList(reader, file.origin, "eventTimes", readPair);
    file.planTimes = readList(reader, file.origin, "planTimes", readPair);
    file.patterns = readList(reader, file.origin, "patterns",
                             [&](JsonReader& entry) { return readPattern(entry, file.origin); });
    auto styles = reader.object("styles");
    if (!styles)
        reader.fail("styles", "is missing");
    for (const char* task : {"sqa", "ast"})
        file.styles[task] = readTexts(*styles, task);
    styles->finish();
    file.instructions = readTexts(reader, "instructions");
    reader.finish();
    return file;
}

} // namespace viva
