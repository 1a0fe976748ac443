// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/grammar.h"

#include "core/base/error.h"
#include "core/corpus/grammar_file.h"
#include "core/corpus/template_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>
#include <utility>

namespace viva {
namespace {

using Forms = std::map<std::string, std::string>;

/// Fills the slots of one pattern; remembers what was used so that no word comes twice.
class SlotFiller {
public:
    SlotFiller(const GrammarFile& file, Rng& rng) : m_file(file), m_rng(rng) {}

    void fill(const SlotEntry& slot, Forms& forms, Forms& synonymForms) {
        const std::string& key = slot.name;
        switch (slot.source) {
        case SlotSource::Names:
            forms[key] = m_file.names[pick("names", m_file.names.size())];
            break;
        case SlotSource::Nouns:
            fillNoun(key, forms, synonymForms);
            break;
        case SlotSource::Things:
            fillThing(key, forms, synonymForms);
            break;
        case SlotSource::Verbs:
            fillVerb(key, m_file.verbs[pick("verbs", m_file.verbs.size())], forms);
            break;
        case SlotSource::Motions: {
            const MotionEntry& motion = m_file.motions[pick("motions", m_file.motions.size())];
            forms[key + ".en"] = motion.en;
            forms[key + ".de"] = motion.de;
            forms[key + ".present"] = motion.present;
            break;
        }
        case SlotSource::Numbers:
            fillPair(key, m_file.numbers[pick("numbers", m_file.numbers.size())], forms);
            break;
        case SlotSource::EventTimes:
            fillPair(key, m_file.eventTimes[pick("times", m_file.eventTimes.size())], forms);
            break;
        case SlotSource::PlanTimes:
            fillPair(key, m_file.planTimes[pick("times", m_file.planTimes.size())], forms);
            break;
        case SlotSource::Places:
        case SlotSource::Venues:
            fillPlace(key, slot.source == SlotSource::Venues, forms);
            break;
        }
    }

private:
    std::size_t pick(const std::string& list, std::size_t count) {
        std::set<std::size_t>& used = m_used[list];
        if (used.size() >= count)
            throw Error(ErrorCode::Format,
                        fmt::format("{}: a pattern needs more different {} than the {} there are; "
                                    "add words or remove a slot",
                                    m_file.origin, list, count));
        std::size_t index = m_rng.below(count);
        while (used.contains(index))
            index = (index + 1) % count;
        used.insert(index);
        return index;
    }

    static void fillPair(const std::string& key, const WordPair& pair, Forms& forms) {
        forms[key + ".en"] = pair.en;
        forms[key + ".de"] = pair.de;
    }

    static void fillVerb(const std::string& key, const VerbEntry& verb, Forms& forms) {
        forms[key + ".en"] = verb.en;
        forms[key + ".past"] = verb.past;
        forms[key + ".participle"] = verb.participle;
        forms[key + ".preterite"] = verb.preterite;
        forms[key + ".synonym"] = verb.synonym;
    }

    void fillNoun(const std::string& key, Forms& forms, Forms& synonymForms) {
        const NounEntry& noun = m_file.nouns[pick("nouns", m_file.nouns.size())];
        forms[key + ".en"] = noun.en;
        forms[key + ".enPlural"] = noun.enPlural;
        forms[key + ".dePlural"] = noun.de.plural;
        synonymForms[key + ".dePlural"] = noun.synonym.plural;
    }

    void fillThing(const std::string& key, Forms& forms, Forms& synonymForms) {
        const WordPair& adjective = m_file.adjectives[pick("adjectives", m_file.adjectives.size())];
        const NounEntry& noun = m_file.nouns[pick("nouns", m_file.nouns.size())];
        forms[key + ".en"] = "the " + adjective.en + " " + noun.en;
        const auto german = [&](const GermanNoun& word, Forms& target) {
            target[key + ".nom"] =
                nounPhrase(adjective.de, word.word, word.gender, Case::Nominative);
            target[key + ".acc"] =
                nounPhrase(adjective.de, word.word, word.gender, Case::Accusative);
        };
        german(noun.de, forms);
        german(noun.synonym, synonymForms);
    }

    void fillPlace(const std::string& key, bool venuesOnly, Forms& forms) {
        const std::vector<PlaceEntry>& all = m_file.places;
        std::size_t index = pick("places", all.size());
        for (std::size_t tries = 1; venuesOnly && !all[index].venue; ++tries) {
            if (tries > 10'000)
                throw Error(ErrorCode::Format,
                            fmt::format("{}: places has no entry with \"venue\": true, but a "
                                        "pattern asks for one; add one",
                                        m_file.origin));
            m_used["places"].erase(index);
            index = pick("places", all.size());
        }
        const PlaceEntry& place = all[index];
        const std::string& preposition = place.prepositions[m_rng.below(place.prepositions.size())];
        forms[key + ".en"] = preposition + " the " + place.en;
        forms[key + ".de"] =
            dativePhrase(m_file.prepositions.at(preposition), place.de, place.gender);
        forms[key + ".enTo"] = "to the " + place.en;
        forms[key + ".deTo"] = dativePhrase("zu", place.de, place.gender);
    }

    const GrammarFile& m_file;
    Rng& m_rng;
    std::map<std::string, std::set<std::size_t>> m_used;
};

void addWords(const std::string& text, std::set<std::string>& words) {
    std::string word;
    for (const char c : text + " ") {
        if (std::isalpha(static_cast<unsigned char>(c)))
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!word.empty())
            words.insert(std::exchange(word, {}));
    }
}

/// Literal words of a template: what stands outside the braces.
std::string withoutSlots(const std::string& pattern) {
    std::string text;
    bool inside = false;
    for (const char c : pattern) {
        if (c == '{')
            inside = true;
        text += inside ? ' ' : c;
        if (c == '}')
            inside = false;
    }
    return text;
}

std::vector<std::string> collectLexicon(const GrammarFile& file) {
    std::set<std::string> words{"the", "to"};
    for (const std::string& name : file.names)
        addWords(name, words);
    for (const NounEntry& noun : file.nouns)
        addWords(noun.en + " " + noun.enPlural, words);
    for (const VerbEntry& verb : file.verbs)
        addWords(verb.past, words);
    for (const MotionEntry& motion : file.motions)
        addWords(motion.en, words);
    for (const PlaceEntry& place : file.places) {
        addWords(place.en, words);
        for (const std::string& preposition : place.prepositions)
            addWords(preposition, words);
    }
    for (const auto* list : {&file.adjectives, &file.numbers, &file.eventTimes, &file.planTimes})
        for (const WordPair& pair : *list)
            addWords(pair.en, words);
    for (const PatternEntry& pattern : file.patterns)
        addWords(withoutSlots(pattern.english), words);
    return {words.begin(), words.end()};
}

} // namespace

struct Grammar::Impl {
    GrammarFile file;
    std::vector<std::string> lexicon;

    [[nodiscard]] const PatternEntry& pattern(const std::string& name) const {
        const auto found =
            std::find_if(file.patterns.begin(), file.patterns.end(),
                         [&](const PatternEntry& entry) { return entry.name == name; });
        VIVA_ASSERT(found != file.patterns.end());
        return *found;
    }

    [[nodiscard]] const std::string& style(const std::string& task, std::string_view name) const {
        const auto& styles = file.styles.at(task);
        const auto found = styles.find(std::string(name));
        if (found == styles.end())
            throw Error(ErrorCode::NotFound,
                        fmt::format("{}: task \"{}\" has no style \"{}\"; add it to \"styles\" or "
                                    "correct the recipe",
                                    file.origin, task, name));
        return found->second;
    }

    [[nodiscard]] GeneratedSentence fill(const PatternEntry& entry, Rng& rng) const {
        GeneratedSentence sentence;
        sentence.pattern = entry.name;
        SlotFiller filler(file, rng);
        Forms synonyms;
        for (const SlotEntry& slot : entry.slots)
            filler.fill(slot, sentence.forms, synonyms);
        sentence.synonymForms = sentence.forms;
        for (const auto& [key, text] : synonyms)
            sentence.synonymForms[key] = text;
        sentence.text = capitalised(fillTemplate(entry.english, sentence.forms, file.origin) + ".");
        return sentence;
    }
};

Grammar::Grammar(std::unique_ptr<const Impl> impl) : m_impl(std::move(impl)) {}
Grammar::~Grammar() = default;
Grammar::Grammar(Grammar&&) noexcept = default;
Grammar& Grammar::operator=(Grammar&&) noexcept = default;

Grammar Grammar::load(const std::filesystem::path& path) {
    auto impl = std::make_unique<Impl>();
    impl->file = readGrammarFile(path);
    impl->lexicon = collectLexicon(impl->file);
    const Impl& ready = *impl;
    Grammar grammar(std::move(impl));
    // Every template once: a wrong slot name is found here, not in the middle of a corpus.
    Rng rng(0, "grammar-check");
    for (const PatternEntry& entry : ready.file.patterns) {
        const GeneratedSentence sentence = ready.fill(entry, rng);
        for (const std::string& style : grammar.styles("ast"))
            (void)grammar.translation(sentence, style, true);
        for (const SentenceQuestion& question : grammar.questions(sentence))
            for (const std::string& style : grammar.styles("sqa"))
                (void)grammar.answer(question, style);
    }
    return grammar;
}

GeneratedSentence Grammar::generate(Rng& rng) const {
    const std::vector<PatternEntry>& patterns = m_impl->file.patterns;
    double total = 0;
    for (const PatternEntry& entry : patterns)
        total += entry.weight;
    double mark = rng.uniform() * total;
    std::size_t index = 0;
    while (index + 1 < patterns.size() && mark >= patterns[index].weight)
        mark -= patterns[index++].weight;
    return m_impl->fill(patterns[index], rng);
}

std::vector<SentenceQuestion> Grammar::questions(const GeneratedSentence& sentence) const {
    std::vector<SentenceQuestion> questions;
    for (const QuestionEntry& entry : m_impl->pattern(sentence.pattern).questions) {
        const auto filled = [&](const std::string& text) {
            return fillTemplate(text, sentence.forms, m_impl->file.origin);
        };
        questions.push_back({entry.kind, capitalised(filled(entry.ask)), filled(entry.full),
                             filled(entry.shortForm)});
    }
    return questions;
}

std::string Grammar::answer(const SentenceQuestion& question, std::string_view style) const {
    const Forms values{{"full", question.fullAnswer}, {"short", question.shortAnswer}};
    return capitalised(fillTemplate(m_impl->style("sqa", style), values, m_impl->file.origin));
}

std::string Grammar::translation(const GeneratedSentence& sentence, std::string_view style,
                                 bool nounSynonyms) const {
    const Forms& forms = nounSynonyms ? sentence.synonymForms : sentence.forms;
    Forms clauses;
    for (const auto& [name, clause] : m_impl->pattern(sentence.pattern).german) {
        const std::string text = fillTemplate(clause, forms, m_impl->file.origin);
        clauses[name] = text;
        clauses[capitalised(name)] = capitalised(text);
    }
    return capitalised(fillTemplate(m_impl->style("ast", style), clauses, m_impl->file.origin));
}

std::vector<std::string> Grammar::styles(std::string_view task) const {
    std::vector<std::string> names;
    const auto found = m_impl->file.styles.find(std::string(task));
    if (found != m_impl->file.styles.end())
        for (const auto& [name, text] : found->second)
            names.push_back(name);
    return names;
}

const std::string& Grammar::instruction(std::string_view task) const {
    const auto found = m_impl->file.instructions.find(std::string(task));
    if (found == m_impl->file.instructions.end())
        throw Error(ErrorCode::NotFound,
                    fmt::format("{}: \"instructions\" has no entry for task \"{}\"; add one",
                                m_impl->file.origin, task));
    return found->second;
}

const std::vector<std::string>& Grammar::lexicon() const {
    return m_impl->lexicon;
}

} // namespace viva
