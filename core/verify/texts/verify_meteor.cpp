// SPDX-License-Identifier: GPL-3.0-or-later
// METEOR with the tokenizers and the synonyms it is made of.
#include "core/rewards/metrics/meteor.h"
#include "core/text/sentence_splitter.h"
#include "core/text/unicode.h"
#include "core/text/word_tokenizer.h"
#include "core/text/wordnet.h"
#include "core/verify/texts/metric_folder.h"

#include <fmt/format.h>

#include <algorithm>

namespace viva {
namespace {

using nlohmann::json;
using Words = std::vector<std::string>;

constexpr std::string_view kNoWordNet =
    "no WordNet 3.0 folder was found, so synonyms were not compared; install Debian's wordnet-base "
    "or set WNSEARCHDIR to the folder";
constexpr std::string_view kNoPunkt =
    "no Punkt model was found, so sentences were not compared; put nltk's punkt_tab into a folder "
    "tokenizers below NLTK_DATA";

std::unique_ptr<WordNet> openWordNet() {
    const auto folder = findWordNetFolder();
    return folder.empty() ? nullptr : WordNet::load(folder);
}

std::unique_ptr<SentenceSplitter> openPunkt() {
    const auto folder = findPunktFolder();
    return folder.empty() ? nullptr : SentenceSplitter::load(folder);
}

/// Both sides of a case as words.
struct Pair {
    Words hypothesis;
    std::vector<Words> references;
    bool operator==(const Pair&) const = default;
};

Words splitWords(const std::string& text) {
    const auto words = splitWhitespace(text);
    return {words.begin(), words.end()};
}

template<typename Cut>
Pair pairOf(const json& line, Cut cut) {
    Pair out{cut(line.at("hyp").get<std::string>()), {}};
    for (const auto& reference : line.at("refs").get<std::vector<std::string>>())
        out.references.push_back(cut(reference));
    return out;
}

class MeteorCases {
public:
    MeteorCases(MetricFolder& folder, const std::string& name)
        : m_wordnet(openWordNet()), m_punkt(openPunkt()),
          m_variants(folder.headerOf(name).value("variants", json::array())) {
        folder.each(name, [this](const json& line, const auto&) { compare(line); });
        folder.add(m_tokens);
        folder.add(m_counts);
        folder.add(m_scores);
        if (!m_wordnet)
            folder.note(fmt::format("{}: {}", name, kNoWordNet));
        if (!m_punkt)
            folder.note(fmt::format("{}: {}", name, kNoPunkt));
    }

private:
    void compare(const json& line) {
        const auto id = line.at("id").get<std::string>();
        const Pair split = pairOf(line, splitWords);
        compareMode(id + " split", line.at("split"), split);

        const json& treebank = line.at("treebank");
        const Pair stored = storedPair(treebank, split);
        m_tokens.add(
            id + " treebank",
            pairOf(line, [](const auto& text) { return treebankWords(text); }) == stored ? 0 : 1,
            0);
        compareMode(id + " treebank", treebank, stored);

        const json& punkt = line.contains("punkt") ? line["punkt"] : treebank;
        const Pair sentences = storedPair(punkt, split);
        if (m_punkt)
            m_tokens.add(
                id + " punkt",
                pairOf(line, [this](const auto& text) { return treebankWords(text, *m_punkt); }) ==
                        sentences
                    ? 0
                    : 1,
                0);
        compareMode(id + " punkt", punkt, sentences);
        if (m_wordnet && line.contains("variants"))
            compareVariants(id, line["variants"], sentences);
    }
    static Pair storedPair(const json& mode, const Pair& split) {
        if (!mode.contains("tokens"))
            return split;
        return {mode["tokens"].at(0).get<Words>(), mode["tokens"].at(1).get<std::vector<Words>>()};
    }
    void compareMode(const std::string& where, const json& mode, const Pair& words) {
        compareStage(where + " stem", mode.at("stem"), words, nullptr);
        if (m_wordnet)
            compareStage(where + " wordnet",
                         mode.contains("wordnet") ? mode["wordnet"] : mode["stem"], words,
                         m_wordnet.get());
    }
    void compareStage(const std::string& where, const json& stored, const Pair& words,
                      const WordNet* wordnet) {
        requireSettings(stored.size(), words.references.size());
        for (std::size_t i = 0; i < stored.size(); ++i) {
            const MeteorMatch got = meteorMatch(words.hypothesis, words.references[i], wordnet);
            const json counts = {got.hypothesis, got.reference, got.exact,
                                 got.stem,       got.synonym,   got.chunks};
            const json want(stored[i].begin(), stored[i].begin() + 6);
            m_counts.add(where, counts == want ? 0 : 1, 0);
            m_scores.add(where, relativeDifference(meteorScore(got), stored[i].at(6)),
                         kMetricTolerance);
        }
    }
    void compareVariants(const std::string& id, const json& stored, const Pair& words) {
        requireSettings(stored.size(), m_variants.size());
        for (std::size_t i = 0; i < stored.size(); ++i) {
            const MeteorParameters parameters{m_variants[i].at(0), m_variants[i].at(1),
                                              m_variants[i].at(2)};
            double best = 0;
            for (const Words& reference : words.references)
                best = std::max(
                    best, meteorScore(meteorMatch(words.hypothesis, reference, m_wordnet.get()),
                                      parameters));
            m_scores.add(fmt::format("{} {}", id, m_variants[i].dump()),
                         relativeDifference(best, stored[i]), kMetricTolerance);
        }
    }

    std::unique_ptr<WordNet> m_wordnet;
    std::unique_ptr<SentenceSplitter> m_punkt;
    json m_variants;
    VerifyLine m_tokens{.quantity = "METEOR words"};
    VerifyLine m_counts{.quantity = "METEOR matches and chunks"};
    VerifyLine m_scores{.quantity = "METEOR, relative"};
};

} // namespace

void verifyMeteorFile(MetricFolder& folder, const std::string& name) {
    MeteorCases(folder, name);
}

void verifyWordTokenizeFile(MetricFolder& folder, const std::string& name) {
    const auto punkt = openPunkt();
    VerifyLine words{.quantity = "words by Treebank rules"};
    VerifyLine sentences{.quantity = "sentences by Punkt"};
    folder.each(name, [&](const json& line, const std::string& place) {
        const auto text = line.at("text").get<std::string>();
        words.add(place, treebankWords(text) == line.at("treebank").get<Words>() ? 0 : 1, 0);
        if (!punkt)
            return;
        words.add(place + " punkt",
                  treebankWords(text, *punkt) == line.value("punkt", line["treebank"]).get<Words>()
                      ? 0
                      : 1,
                  0);
        Words cut;
        for (const TextSpan& sentence : punkt->split(text))
            cut.emplace_back(sentence.of(text));
        const bool same =
            line.contains("sentences") ? cut == line["sentences"].get<Words>() : cut.size() <= 1;
        sentences.add(place, same ? 0 : 1, 0);
    });
    folder.add(words);
    if (punkt)
        folder.add(sentences);
    else
        folder.note(fmt::format("{}: {}", name, kNoPunkt));
}

void verifyWordNetFile(MetricFolder& folder, const std::string& name) {
    const auto wordnet = openWordNet();
    if (!wordnet) {
        folder.note(fmt::format("{}: {}", name, kNoWordNet));
        return;
    }
    VerifyLine synonyms{.quantity = "synonyms by WordNet"};
    folder.each(name, [&](const json& line, const auto&) {
        const auto word = line.at("word").get<std::string>();
        synonyms.add(word, wordnet->synonyms(word) == line.at("synonyms").get<Words>() ? 0 : 1, 0);
    });
    folder.add(synonyms);
}

} // namespace viva
