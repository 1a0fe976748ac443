// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/porter_stemmer.h"

#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <array>
#include <span>
#include <utility>

namespace viva {
namespace {

/// Words that take a form of their own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kIrregular{{
    {"sky", "sky"},
    {"skies", "sky"},
    {"dying", "die"},
    {"lying", "lie"},
    {"tying", "tie"},
    {"news", "news"},
    {"innings", "inning"},
    {"inning", "inning"},
    {"outings", "outing"},
    {"outing", "outing"},
    {"cannings", "canning"},
    {"canning", "canning"},
    {"howe", "howe"},
    {"proceed", "proceed"},
    {"exceed", "exceed"},
    {"succeed", "succeed"},
}};

struct Rule {
    std::string_view suffix;
    std::string_view replacement;
};

constexpr std::array<Rule, 4> kStep1a{{{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}}};
constexpr std::array<Rule, 22> kStep2{{
    {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
    {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
    {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
    {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
    {"fulli", "ful"},   {"logi", "log"},
}};
constexpr std::array<Rule, 7> kStep3{{{"icate", "ic"},
                                      {"ative", ""},
                                      {"alize", "al"},
                                      {"iciti", "ic"},
                                      {"ical", "ic"},
                                      {"ful", ""},
                                      {"ness", ""}}};
constexpr std::array<std::string_view, 19> kStep4{
    "al",  "ance", "ence", "er",  "ic",  "able", "ible", "ant", "ement", "ment",
    "ent", "ion",  "ou",   "ism", "ate", "iti",  "ous",  "ive", "ize"};

/// The steps over bytes for ASCII words, over code points for others.
template<typename Char>
class Stemmer {
public:
    using Word = std::basic_string<Char>;
    explicit Stemmer(Word word) : m_word(std::move(word)) {}

    Word run() {
        step1a();
        step1b();
        step1c();
        step2();
        replaceWithMeasure(kStep3);
        step4();
        step5();
        return std::move(m_word);
    }

private:
    [[nodiscard]] bool endsWith(std::string_view suffix) const {
        if (m_word.size() < suffix.size())
            return false;
        const std::size_t start = m_word.size() - suffix.size();
        for (std::size_t i = 0; i < suffix.size(); ++i)
            if (m_word[start + i] != static_cast<Char>(suffix[i]))
                return false;
        return true;
    }
    void replaceEnd(std::size_t cut, std::string_view with) {
        m_word.resize(m_word.size() - cut);
        for (const char c : with)
            m_word.push_back(static_cast<Char>(c));
    }
    [[nodiscard]] bool isConsonant(std::size_t at) const {
        const Char c = m_word[at];
        if (c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u')
            return false;
        if (c != 'y')
            return true;
        // a y is a vowel after a consonant: count the run of them
        std::size_t first = at;
        while (first > 0 && m_word[first - 1] == 'y')
            --first;
        const bool consonant = first == 0 || !isConsonant(first - 1);
        return (at - first) % 2 == 0 ? consonant : !consonant;
    }
    /// Vowel-consonant sequences in the first `length` letters.
    [[nodiscard]] int measure(std::size_t length) const {
        int sequences = 0;
        bool vowel = false;
        for (std::size_t i = 0; i < length; ++i) {
            const bool consonant = isConsonant(i);
            sequences += vowel && consonant ? 1 : 0;
            vowel = !consonant;
        }
        return sequences;
    }
    [[nodiscard]] bool containsVowel(std::size_t length) const {
        for (std::size_t i = 0; i < length; ++i)
            if (!isConsonant(i))
                return true;
        return false;
    }
    [[nodiscard]] bool endsDoubleConsonant() const {
        const std::size_t n = m_word.size();
        return n >= 2 && m_word[n - 1] == m_word[n - 2] && isConsonant(n - 1);
    }
    /// Consonant, vowel, consonant other than w, x, y; or vowel and consonant alone.
    [[nodiscard]] bool endsCvc(std::size_t n) const {
        if (n == 2)
            return !isConsonant(0) && isConsonant(1);
        if (n < 3 || !isConsonant(n - 3) || isConsonant(n - 2) || !isConsonant(n - 1))
            return false;
        const Char last = m_word[n - 1];
        return last != 'w' && last != 'x' && last != 'y';
    }
    /// The first rule whose suffix fits decides; it acts when the rest has a measure above 0.
    void replaceWithMeasure(std::span<const Rule> rules) {
        for (const Rule& rule : rules)
            if (endsWith(rule.suffix)) {
                if (measure(m_word.size() - rule.suffix.size()) > 0)
                    replaceEnd(rule.suffix.size(), rule.replacement);
                return;
            }
    }

    void step1a() {
        if (endsWith("ies") && m_word.size() == 4)
            return replaceEnd(3, "ie");
        for (const Rule& rule : kStep1a)
            if (endsWith(rule.suffix))
                return replaceEnd(rule.suffix.size(), rule.replacement);
    }
    void step1b() {
        if (endsWith("ied"))
            return replaceEnd(3, m_word.size() == 4 ? "ie" : "i");
        if (endsWith("eed")) {
            if (measure(m_word.size() - 3) > 0)
                replaceEnd(1, "");
            return;
        }
        std::size_t cut = 0;
        if (endsWith("ed") && containsVowel(m_word.size() - 2))
            cut = 2;
        else if (endsWith("ing") && containsVowel(m_word.size() - 3))
            cut = 3;
        if (cut == 0)
            return;
        replaceEnd(cut, "");
        if (endsWith("at") || endsWith("bl") || endsWith("iz"))
            return replaceEnd(0, "e");
        if (endsDoubleConsonant()) {
            const Char last = m_word.back();
            if (last != 'l' && last != 's' && last != 'z')
                m_word.pop_back();
            return;
        }
        if (measure(m_word.size()) == 1 && endsCvc(m_word.size()))
            replaceEnd(0, "e");
    }
    void step1c() {
        if (endsWith("y") && m_word.size() > 2 && isConsonant(m_word.size() - 2))
            replaceEnd(1, "i");
    }
    void step2() {
        while (endsWith("alli") && measure(m_word.size() - 4) > 0)
            replaceEnd(4, "al");
        if (endsWith("logi")) {
            if (measure(m_word.size() - 3) > 0)
                replaceEnd(1, "");
            return;
        }
        replaceWithMeasure(kStep2);
    }
    void step4() {
        for (const std::string_view suffix : kStep4) {
            if (!endsWith(suffix))
                continue;
            const std::size_t rest = m_word.size() - suffix.size();
            if (measure(rest) > 1 &&
                (suffix != "ion" || m_word[rest - 1] == 's' || m_word[rest - 1] == 't'))
                m_word.resize(rest);
            return;
        }
    }
    void step5() {
        if (endsWith("e")) {
            const std::size_t rest = m_word.size() - 1;
            const int sequences = measure(rest);
            if (sequences > 1 || (sequences == 1 && !endsCvc(rest)))
                m_word.pop_back();
        }
        if (endsWith("ll") && measure(m_word.size() - 1) > 1)
            m_word.pop_back();
    }

    Word m_word;
};

} // namespace

std::string porterStem(std::string_view word) {
    std::string lowered = lowerCase(word);
    for (const auto& [form, stem] : kIrregular)
        if (lowered == form)
            return std::string(stem);
    if (isAscii(word))
        return word.size() <= 2 ? lowered : Stemmer<char>(std::move(lowered)).run();
    // the length is that of the word as it was given
    if (toUtf32(word).size() <= 2)
        return lowered;
    return toUtf8(Stemmer<char32_t>(toUtf32(lowered)).run());
}

} // namespace viva
