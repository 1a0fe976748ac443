// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/word_tokenizer.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/text/porter_stemmer.h"
#include "core/text/sentence_splitter.h"
#include "core/text/unicode.h"
#include "core/text/wordnet.h"
#include "tests/support/text_folder.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace viva {
namespace {

using Words = std::vector<std::string>;

TEST(TreebankWords, CutsCliticsMarksAndContractions) {
    EXPECT_EQ(treebankWords("I don't know, they'll say."),
              (Words{"I", "do", "n't", "know", ",", "they", "'ll", "say", "."}));
    EXPECT_EQ(treebankWords("Cannot (we) gonna go?"),
              (Words{"Can", "not", "(", "we", ")", "gon", "na", "go", "?"}));
    EXPECT_EQ(treebankWords("10-11 Uhr -- 3,5 or $4.20..."),
              (Words{"10-11", "Uhr", "--", "3,5", "or", "$", "4.20", "..."}));
    EXPECT_EQ(treebankWords("He said \"no\" 'twice'."),
              (Words{"He", "said", "``", "no", "''", "'", "twice", "'", "."}));
    EXPECT_EQ(treebankWords("„Nein“"), (Words{"„", "Nein", "“"}));
    EXPECT_TRUE(treebankWords("").empty());
}

TEST(TreebankWords, NeverLoseALetter) {
    const auto text = rc::gen::container<std::string>(
        rc::gen::element<char>('a', 'n', 't', 's', 'd', '\'', '.', ',', ' ', '-', '(', '*', '\n'));
    EXPECT_TRUE(rc::check("letters stay in order", [&text] {
        const auto given = *text;
        std::string before;
        std::string after;
        const auto letters = [](std::string_view part, std::string& out) {
            for (const char c : part)
                if (c >= 'a' && c <= 'z')
                    out.push_back(c);
        };
        letters(given, before);
        for (const auto& word : treebankWords(given))
            letters(word, after);
        RC_ASSERT(before == after);
    }));
}

TEST(PorterStem, TakesStepsOfEveryKind) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"caresses", "caress"},   {"ties", "tie"},
        {"cats", "cat"},          {"agreed", "agre"},
        {"hopping", "hop"},       {"failing", "fail"},
        {"filing", "file"},       {"happy", "happi"},
        {"enjoy", "enjoy"},       {"relational", "relat"},
        {"radically", "radic"},   {"hopeful", "hope"},
        {"adjustment", "adjust"}, {"controlling", "control"},
        {"dying", "die"},         {"Sky", "sky"},
        {"geology", "geolog"},    {"is", "is"},
        {"größen", "größen"}};
    for (const auto& [word, stem] : cases)
        EXPECT_EQ(porterStem(word), stem) << word;
}

class PunktModel : public testing::Test {
protected:
    PunktModel() {
        write("abbrev_types.txt", "dr\np.m\nu.s\n");
        write("sent_starters.txt", "then\n");
        write("collocations.tab", "st\tlouis\n");
        write("ortho_context.tab", "the\t46\nsmith\t4\nthen\t34\nhe\t34\n");
    }
    void write(const char* file, std::string_view text) const {
        writeFileAtomically(folder.path() / file, text);
    }
    [[nodiscard]] Words cut(std::string_view text) const {
        Words out;
        for (const TextSpan& sentence : SentenceSplitter::load(folder.path())->split(text))
            out.emplace_back(sentence.of(text));
        return out;
    }
    TempFolder folder;
};

TEST_F(PunktModel, CutsBehindPointsButNotBehindAbbreviations) {
    EXPECT_EQ(cut("It rains. Dr. Smith sleeps! Why?"),
              (Words{"It rains.", "Dr. Smith sleeps!", "Why?"}));
    EXPECT_EQ(cut("At 5 p.m. Then we left."), (Words{"At 5 p.m.", "Then we left."}));
    EXPECT_EQ(cut("In St. Louis it is."), (Words{"In St. Louis it is."}));
    EXPECT_EQ(cut("J. Bach wrote."), (Words{"J. Bach wrote."}));
}

TEST_F(PunktModel, ClosingMarksStayWithTheirSentence) {
    EXPECT_EQ(cut("(He left.) She stayed."), (Words{"(He left.)", "She stayed."}));
    EXPECT_EQ(cut("„Ja.“ Danach  "), (Words{"„Ja.“", "Danach"}));
    EXPECT_TRUE(cut("").empty());
    const auto splitter = SentenceSplitter::load(folder.path());
    EXPECT_EQ(treebankWords("One. Two.", *splitter), (Words{"One", ".", "Two", "."}));
}

TEST_F(PunktModel, RefusesBrokenFiles) {
    write("ortho_context.tab", "the\tmany\n");
    try {
        static_cast<void>(SentenceSplitter::load(folder.path()));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        EXPECT_NE(std::string(error.what()).find("ortho_context.tab:1"), std::string::npos);
    }
    write("collocations.tab", "one column\n");
    EXPECT_THROW(static_cast<void>(SentenceSplitter::load(folder.path())), Error);
    EXPECT_THROW(static_cast<void>(SentenceSplitter::load(folder.path() / "none")), Error);
}

/// A WordNet of two nouns and a verb.
class TinyWordNet : public testing::Test {
protected:
    TinyWordNet() {
        const std::string header = "  1 This is a made WordNet 3.0 of a test.  \n";
        const std::string car = line(header.size(), "06 n 03 car 0 auto 0 motor_car 0 000 | a car");
        const std::string mouse =
            line(header.size() + car.size(), "06 n 02 mouse 0 Computer_mouse 0 000 | a mouse");
        write("data.noun", header + car + mouse);
        write("index.noun", header + "auto n 1 0 1 0 " + number(header.size()) + "  \n" +
                                "car n 1 0 1 0 " + number(header.size()) + "  \n" +
                                "mouse n 1 0 1 0 " + number(header.size() + car.size()) + "  \n");
        write("noun.exc", "mice mouse\n");
        const std::string run = line(header.size(), "30 v 02 run 0 go(a) 0 000 | to run");
        for (const char* part : {"verb", "adj", "adv"}) {
            write(("data." + std::string(part)).c_str(), header + run);
            write(("index." + std::string(part)).c_str(),
                  header + "run v 1 0 1 0 " + number(header.size()) + "  \n");
            write((std::string(part) + ".exc").c_str(), "");
        }
    }
    static std::string number(std::size_t value) {
        std::string text = std::to_string(value);
        return std::string(8 - text.size(), '0') + text;
    }
    static std::string line(std::size_t offset, const std::string& rest) {
        return number(offset) + " " + rest + "  \n";
    }
    void write(const char* file, std::string_view text) const {
        writeFileAtomically(folder.path() / file, text);
    }
    TempFolder folder;
};

TEST_F(TinyWordNet, FindsNamesOfBaseForms) {
    const auto wordnet = WordNet::load(folder.path());
    EXPECT_EQ(wordnet->version(), "3.0");
    EXPECT_EQ(wordnet->synonyms("Cars"), (Words{"auto", "car"}));
    EXPECT_EQ(wordnet->synonyms("mice"), (Words{"mouse"}));
    EXPECT_EQ(wordnet->synonyms("runs"), (Words{"go", "run"}));
    EXPECT_TRUE(wordnet->synonyms("house").empty());
    EXPECT_TRUE(wordnet->synonyms("").empty());
}

TEST_F(TinyWordNet, RefusesOffsetsThatPointNowhere) {
    write("index.noun", "car n 1 0 1 0 00000007  \n");
    try {
        static_cast<void>(WordNet::load(folder.path()));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::Format);
        EXPECT_NE(std::string(error.what()).find("index.noun:1"), std::string::npos);
    }
    write("index.noun", "car n 99999999\n");
    EXPECT_THROW(static_cast<void>(WordNet::load(folder.path())), Error);
    write("index.noun", "");
    EXPECT_THROW(static_cast<void>(WordNet::load(folder.path())), Error);
}

} // namespace
} // namespace viva
