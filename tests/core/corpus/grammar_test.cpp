// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/corpus/grammar.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json_reader.h"
#include "core/corpus/grammar_file.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace viva {
namespace {

const char* const kGrammarPath = VIVA_DEMO_DIR "/grammar.json";

const Grammar& demoGrammar() {
    static const Grammar grammar = Grammar::load(kGrammarPath);
    return grammar;
}

std::vector<std::string> wordsOf(const std::string& text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : text + " ") {
        if (std::isalpha(static_cast<unsigned char>(c)))
            word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        else if (!word.empty())
            words.push_back(std::exchange(word, {}));
    }
    return words;
}

/// The first sentence whose English text is `text`, searched over many seeds.
GeneratedSentence findByPattern(const std::string& pattern, std::uint64_t seed) {
    Rng rng(seed, "grammar-test");
    while (true) {
        GeneratedSentence sentence = demoGrammar().generate(rng);
        if (sentence.pattern == pattern)
            return sentence;
    }
}

/// Loads the shipped grammar after a change; returns the code of the error.
ErrorCode codeAfter(const std::function<void(nlohmann::json&)>& change) {
    nlohmann::json document = readJsonFile(kGrammarPath);
    change(document);
    const auto path = std::filesystem::temp_directory_path() / "viva-grammar-test.json";
    writeFileAtomically(path, document.dump());
    try {
        (void)Grammar::load(path);
    } catch (const Error& error) {
        std::filesystem::remove(path);
        return error.code();
    }
    std::filesystem::remove(path);
    ADD_FAILURE() << "the broken grammar was accepted";
    return ErrorCode::Internal;
}

TEST(Grammar, SameSeedGivesTheSameSentences) {
    Rng first(7, "a");
    Rng second(7, "a");
    Rng other(8, "a");
    int different = 0;
    for (int i = 0; i < 200; ++i) {
        const GeneratedSentence sentence = demoGrammar().generate(first);
        EXPECT_EQ(sentence.text, demoGrammar().generate(second).text);
        different += sentence.text != demoGrammar().generate(other).text;
    }
    EXPECT_GT(different, 190);
}

TEST(Grammar, SentencesHoldOnlyWordsOfTheLexiconAndUseAllOfIt) {
    const std::set<std::string> lexicon(demoGrammar().lexicon().begin(),
                                        demoGrammar().lexicon().end());
    EXPECT_GT(lexicon.size(), 100u);
    EXPECT_LT(lexicon.size(), 140u);
    std::set<std::string> seen;
    Rng rng(1, "lexicon");
    for (int i = 0; i < 5000; ++i) {
        const std::vector<std::string> words = wordsOf(demoGrammar().generate(rng).text);
        EXPECT_GE(words.size(), 6u);
        EXPECT_LE(words.size(), 18u);
        seen.insert(words.begin(), words.end());
    }
    for (const std::string& word : seen)
        EXPECT_TRUE(lexicon.contains(word)) << word;
    // Nouns are used in the plural with numbers and in the singular elsewhere, so all occur.
    EXPECT_EQ(seen, lexicon);
}

TEST(Grammar, PatternsComeWithTheirWeights) {
    std::map<std::string, int> counts;
    Rng rng(2, "weights");
    for (int i = 0; i < 6000; ++i)
        ++counts[demoGrammar().generate(rng).pattern];
    EXPECT_NEAR(counts["event"], 3000, 200);
    EXPECT_NEAR(counts["places"], 1000, 150);
    EXPECT_NEAR(counts["possession"], 1000, 150);
    EXPECT_NEAR(counts["plan"], 1000, 150);
}

TEST(Grammar, NoWordIsUsedTwiceInOneSentence) {
    Rng rng(3, "twice");
    for (int i = 0; i < 2000; ++i) {
        const GeneratedSentence sentence = demoGrammar().generate(rng);
        if (sentence.pattern == "plan" || sentence.pattern == "possession") {
            EXPECT_NE(sentence.forms.at("who"), sentence.forms.at("other"));
        }
        if (sentence.pattern == "possession") {
            EXPECT_NE(sentence.forms.at("x.en"), sentence.forms.at("y.en"));
        }
        if (sentence.pattern == "places") {
            EXPECT_NE(sentence.forms.at("p.en"), sentence.forms.at("q.en"));
        }
    }
}

TEST(Grammar, FullAnswersAreTakenFromTheSentence) {
    Rng rng(4, "answers");
    for (int i = 0; i < 3000; ++i) {
        const GeneratedSentence sentence = demoGrammar().generate(rng);
        const std::vector<std::string> words = wordsOf(sentence.text);
        const std::multiset<std::string> spoken(words.begin(), words.end());
        for (const SentenceQuestion& question : demoGrammar().questions(sentence)) {
            const std::vector<std::string> full = wordsOf(question.fullAnswer);
            const std::multiset<std::string> said(full.begin(), full.end());
            EXPECT_TRUE(std::includes(spoken.begin(), spoken.end(), said.begin(), said.end()))
                << sentence.text << " / " << question.fullAnswer;
            EXPECT_EQ(question.question.back(), '?');
            // A question must not contain its short answer.
            EXPECT_EQ(question.question.find(question.shortAnswer), std::string::npos)
                << question.question << " / " << question.shortAnswer;
            if (question.kind != "do" && question.kind != "what") {
                EXPECT_NE(question.fullAnswer.find(question.shortAnswer), std::string::npos);
            }
        }
    }
}

TEST(Grammar, AnswersFollowTheirStyles) {
    const SentenceQuestion question{"where", "Where did Tom see the green picture?",
                                    "Tom saw the green picture in the school", "in the school"};
    const Grammar& grammar = demoGrammar();
    EXPECT_EQ(grammar.answer(question, "full"), "Tom saw the green picture in the school.");
    EXPECT_EQ(grammar.answer(question, "speaker"),
              "The speaker says that Tom saw the green picture in the school.");
    EXPECT_EQ(grammar.answer(question, "short"), "In the school.");
    EXPECT_EQ(grammar.answer(question, "heard"),
              "I heard that Tom saw the green picture in the school.");
    EXPECT_EQ(grammar.answer(question, "answer"), "The answer is: in the school.");
}

struct Golden {
    const char* pattern;
    std::map<std::string, std::string> forms;
    const char* perfect;
    const char* fronted;
    const char* preterite;
};

TEST(Grammar, TranslatesIntoGermanWithAgreementAndWordOrder) {
    const std::vector<Golden> cases{
        {"event",
         {{"who", "Tom"},
          {"thing.acc", "den blauen Stuhl"},
          {"place.de", "in der Schule"},
          {"time.de", "im Sommer"},
          {"verb.participle", "gesehen"},
          {"verb.synonym", "bemerkte"}},
         "Tom hat den blauen Stuhl im Sommer in der Schule gesehen.",
         "Im Sommer hat Tom den blauen Stuhl in der Schule gesehen.",
         "Tom bemerkte den blauen Stuhl im Sommer in der Schule."},
        {"places",
         {{"a.nom", "die alte Katze"},
          {"p.de", "unter dem Bett"},
          {"b.nom", "das kleine Boot"},
          {"q.de", "im Park"}},
         "Die alte Katze ist unter dem Bett und das kleine Boot ist im Park.",
         "Unter dem Bett ist die alte Katze und im Park ist das kleine Boot.",
         "Die alte Katze befindet sich unter dem Bett und das kleine Boot befindet sich im Park."},
        {"possession",
         {{"who", "Peter"},
          {"n.de", "neun"},
          {"x.dePlural", "Ringe"},
          {"other", "Maria"},
          {"m.de", "acht"},
          {"y.dePlural", "Bilder"}},
         "Peter hat neun Ringe und Maria hat acht Bilder.",
         "Neun Ringe hat Peter und acht Bilder hat Maria.",
         "Peter besitzt neun Ringe und Maria besitzt acht Bilder."},
        {"plan",
         {{"who", "Peter"},
          {"motion.de", "fahren"},
          {"motion.present", "fährt"},
          {"place.deTo", "zum Museum"},
          {"other", "Laura"},
          {"time.de", "am Montag"}},
         "Peter wird am Montag mit Laura zum Museum fahren.",
         "Am Montag wird Peter mit Laura zum Museum fahren.",
         "Peter fährt am Montag mit Laura zum Museum."},
    };
    for (const Golden& golden : cases) {
        GeneratedSentence sentence;
        sentence.pattern = golden.pattern;
        sentence.forms = golden.forms;
        const Grammar& grammar = demoGrammar();
        EXPECT_EQ(grammar.translation(sentence, "perfect", false), golden.perfect);
        EXPECT_EQ(grammar.translation(sentence, "fronted", false), golden.fronted);
        EXPECT_EQ(grammar.translation(sentence, "preterite", false), golden.preterite);
        EXPECT_EQ(grammar.translation(sentence, "speaker", false),
                  std::string("Der Sprecher sagt: ") + golden.perfect);
    }
}

TEST(Grammar, EveryNounHasItsGenderAndPlural) {
    // Written down apart from the grammar file: article, singular, plural.
    const std::set<std::string> known{"das Bild Bilder",        "das Gemälde Gemälde",
                                      "der Ring Ringe",         "der Fingerring Fingerringe",
                                      "das Boot Boote",         "der Kahn Kähne",
                                      "die Katze Katzen",       "die Mieze Miezen",
                                      "das Pferd Pferde",       "das Ross Rösser",
                                      "das Auto Autos",         "der Wagen Wagen",
                                      "die Tasche Taschen",     "der Beutel Beutel",
                                      "das Buch Bücher",        "der Band Bände",
                                      "der Brief Briefe",       "das Schreiben Schreiben",
                                      "die Kiste Kisten",       "der Kasten Kästen",
                                      "das Telefon Telefone",   "das Handy Handys",
                                      "das Geschenk Geschenke", "die Gabe Gaben",
                                      "die Lampe Lampen",       "die Leuchte Leuchten",
                                      "der Stuhl Stühle",       "der Sessel Sessel",
                                      "die Kamera Kameras",     "der Fotoapparat Fotoapparate",
                                      "die Münze Münzen",       "das Geldstück Geldstücke"};
    std::set<std::string> found;
    for (const NounEntry& noun : readGrammarFile(kGrammarPath).nouns)
        for (const GermanNoun& word : {noun.de, noun.synonym})
            found.insert(definiteArticle(word.gender, Case::Nominative) + " " + word.word + " " +
                         word.plural);
    EXPECT_EQ(found, known);
}

TEST(Grammar, EveryPlaceHasItsDative) {
    const std::set<std::string> known{"in der Schule",     "im Museum",       "im Park",
                                      "in der Kirche",     "im Bahnhof",      "im Hotel",
                                      "in der Bibliothek", "unter dem Bett",  "hinter dem Bett",
                                      "auf dem Tisch",     "unter dem Tisch", "hinter dem Haus",
                                      "neben dem Haus",    "auf der Brücke",  "unter der Brücke",
                                      "unter dem Baum",    "neben dem Baum"};
    std::set<std::string> found;
    Rng rng(5, "places");
    for (int i = 0; i < 4000; ++i) {
        const GeneratedSentence sentence = demoGrammar().generate(rng);
        for (const char* key : {"p.de", "q.de", "place.de"})
            if (sentence.forms.contains(key))
                found.insert(sentence.forms.at(key));
    }
    EXPECT_EQ(found, known);
}

TEST(Grammar, SynonymsReplaceNounsAndKeepAgreement) {
    bool changed = false;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const GeneratedSentence sentence = findByPattern("event", seed);
        if (sentence.forms.at("thing.en").find("boat") == std::string::npos)
            continue;
        EXPECT_TRUE(sentence.forms.at("thing.acc").starts_with("das "));
        EXPECT_TRUE(sentence.synonymForms.at("thing.acc").starts_with("den "));
        EXPECT_TRUE(sentence.synonymForms.at("thing.acc").ends_with("en Kahn"));
        EXPECT_NE(demoGrammar().translation(sentence, "perfect", false),
                  demoGrammar().translation(sentence, "perfect", true));
        changed = true;
    }
    EXPECT_TRUE(changed);
}

TEST(Grammar, RefusesBrokenFiles) {
    EXPECT_EQ(codeAfter([](auto& json) { json["patterns"][0]["english"] = "{nobody} sleeps"; }),
              ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["patterns"][0]["english"] = "{who sleeps"; }),
              ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["nouns"][0]["gender"] = "x"; }), ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["nouns"] = nlohmann::json::array(); }),
              ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["colour"] = 1; }), ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["version"] = 2; }), ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["names"] = {"Tom"}; }), ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["places"][0]["prepositions"] = {"above"}; }),
              ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) {
                  for (auto& place : json["places"])
                      place["venue"] = false;
              }),
              ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["patterns"][1]["weight"] = 0; }), ErrorCode::Format);
    EXPECT_EQ(codeAfter([](auto& json) { json["styles"].erase("ast"); }), ErrorCode::Format);
}

TEST(Grammar, SaysWhenAFileOrStyleIsMissing) {
    try {
        (void)Grammar::load("/nowhere/grammar.json");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
    try {
        (void)demoGrammar().answer({}, "shouted");
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::NotFound);
    }
}

} // namespace
} // namespace viva
