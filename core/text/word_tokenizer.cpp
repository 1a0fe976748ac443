// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/word_tokenizer.h"

#include "core/text/sentence_splitter.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <array>

namespace viva {
namespace {

using Text = std::u32string;
using View = std::u32string_view;

bool isIn(View set, char32_t c) {
    return set.find(c) != View::npos;
}

/// One pass from left to right: rule(text, at, out) writes what it makes of the characters it takes
/// and returns their number; 0 leaves the character as it is.
template<typename Rule>
void pass(Text& text, Rule rule) {
    Text out;
    out.reserve(text.size() + 16);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t taken = rule(View(text), at, out);
        if (taken == 0)
            out.push_back(text[at++]);
        else
            at += taken;
    }
    text = std::move(out);
}

void putSpaced(Text& out, View what) {
    out.append(U" ").append(what).append(U" ");
}

/// Spaces around every character of a set.
void space(Text& text, View set) {
    if (text.find_first_of(set) == Text::npos)
        return;
    pass(text, [set](View t, std::size_t at, Text& out) -> std::size_t {
        if (!isIn(set, t[at]))
            return 0;
        putSpaced(out, t.substr(at, 1));
        return 1;
    });
}

/// Spaces around every occurrence of `from`, which becomes `to`.
void spaceString(Text& text, View from, View to) {
    if (text.find(from) == Text::npos)
        return;
    pass(text, [&](View t, std::size_t at, Text& out) -> std::size_t {
        if (t.substr(at, from.size()) != from)
            return 0;
        putSpaced(out, to);
        return from.size();
    });
}

/// Spaces around runs of `c` of at least `least`.
void spaceRuns(Text& text, char32_t c, std::size_t least) {
    if (text.find(c) == Text::npos)
        return;
    pass(text, [=](View t, std::size_t at, Text& out) -> std::size_t {
        const std::size_t end = std::min(t.find_first_not_of(c, at), t.size());
        const std::size_t length = end - at;
        if (length == 0)
            return 0;
        if (length < least)
            out.append(length, c);
        else
            putSpaced(out, t.substr(at, length));
        return length;
    });
}

char32_t foldAscii(char32_t c) {
    if (c >= U'A' && c <= U'Z')
        return c + (U'a' - U'A');
    return c == 0x17F ? U's' : c; // the long s matches an s without case
}

bool startsFolded(View text, std::size_t at, View word) {
    if (at + word.size() > text.size())
        return false;
    for (std::size_t i = 0; i < word.size(); ++i)
        if (foldAscii(text[at + i]) != word[i])
            return false;
    return true;
}

bool isWordAt(View text, std::size_t at) {
    return at < text.size() && isWordCharacter(text[at]);
}

// Starting quotes

/// An apostrophe that opens a word, unless what follows is a clitic.
void openApostrophes(Text& text) {
    static constexpr std::array<View, 8> kClitics{U"re", U"ve", U"ll", U"m",
                                                  U"t",  U"s",  U"d",  U"n"};
    if (text.find(U'\'') == Text::npos)
        return;
    pass(text, [](View t, std::size_t at, Text& out) -> std::size_t {
        if (t[at] != U'\'' || (at > 0 && isWordCharacter(t[at - 1])) || !isWordAt(t, at + 1))
            return 0;
        for (const View clitic : kClitics)
            if (startsFolded(t, at + 1, clitic) && !isWordAt(t, at + 1 + clitic.size()))
                return 0;
        out.append(U"' ");
        return 1;
    });
}

void startingQuotes(Text& text) {
    space(text, U"«“‘„");
    spaceRuns(text, U'`', 1);
    if (!text.empty() && text.front() == U'"')
        text.replace(0, 1, U"``");
    spaceString(text, U"``", U"``");
    if (text.find_first_of(U"\"'") != Text::npos)
        pass(text, [](View t, std::size_t at, Text& out) -> std::size_t {
            if (!isIn(U" ([{<", t[at]))
                return 0;
            const bool doubled = t.substr(at + 1, 2) == U"''";
            if (!doubled && t.substr(at + 1, 1) != U"\"")
                return 0;
            out.push_back(t[at]);
            out.append(U" `` ");
            return doubled ? 3 : 2;
        });
    openApostrophes(text);
}

// Punctuation

/// The text's last point, with closing marks and spaces after it.
void finalPoint(Text& text) {
    const std::size_t point = text.rfind(U'.');
    if (point == Text::npos || point == 0 || text[point - 1] == U'.')
        return;
    const std::size_t closed =
        std::min(text.find_first_not_of(U"])}>\"'»”’ ", point + 1), text.size());
    for (std::size_t at = closed; at < text.size(); ++at)
        if (!isWhiteSpace(text[at]))
            return;
    const Text closing = text.substr(point + 1, closed - point - 1);
    text.resize(point);
    text.append(U" . ").append(closing).append(U" ");
}

bool isDecimalDigit(char32_t c) {
    return c < 0x80 ? (c >= U'0' && c <= U'9') : isDecimalNumber(c);
}

void colonsAndCommas(Text& text) {
    if (text.find_first_of(U":,") == Text::npos)
        return;
    pass(text, [](View t, std::size_t at, Text& out) -> std::size_t {
        if (!isIn(U":,", t[at]) || at + 1 >= t.size() || isDecimalDigit(t[at + 1]))
            return 0;
        out.append(U" ").append(t.substr(at, 1)).append(U" ").append(t.substr(at + 1, 1));
        return 2;
    });
    const std::size_t last = text.ends_with(U'\n') ? text.size() - 1 : text.size();
    if (last > 0 && isIn(U":,", text[last - 1]))
        text.replace(last - 1, 1, Text(U" ") + text[last - 1] + U" ");
}

void punctuation(Text& text) {
    finalPoint(text);
    colonsAndCommas(text);
    spaceRuns(text, U'.', 2);
    space(text, U";@#$%&");
    space(text, U"\u2012\u2013\u2014\u2015");
    space(text, U"?!");
    if (text.find(U'\'') != Text::npos)
        pass(text, [](View t, std::size_t at, Text& out) -> std::size_t {
            if (t[at] == U'\'' || t.substr(at + 1, 2) != U"' ")
                return 0;
            out.append(t.substr(at, 1)).append(U" ' ");
            return 3;
        });
    space(text, U"*");
    space(text, U"[](){}<>");
    spaceString(text, U"--", U"--");
}

// Ending quotes and clitics

/// A clitic that ends in front of a space is cut off what it hangs on.
template<std::size_t Count>
void cutClitics(Text& text, const std::array<View, Count>& clitics) {
    pass(text, [&clitics](View t, std::size_t at, Text& out) -> std::size_t {
        if (t[at] == U'\'' || t[at] == U' ')
            return 0;
        for (const View clitic : clitics) {
            const std::size_t end = at + 1 + clitic.size();
            if (end < t.size() && t[end] == U' ' && t.substr(at + 1, clitic.size()) == clitic) {
                out.append(t.substr(at, 1)).append(U" ").append(clitic).append(U" ");
                return clitic.size() + 2;
            }
        }
        return 0;
    });
}

void endingQuotes(Text& text) {
    static constexpr std::array<View, 7> kShort{U"'s", U"'S", U"'m", U"'M", U"'d", U"'D", U"'"};
    static constexpr std::array<View, 8> kLong{U"'ll", U"'LL", U"'re", U"'RE",
                                               U"'ve", U"'VE", U"n't", U"N'T"};
    space(text, U"»”’");
    spaceString(text, U"''", U"''");
    spaceString(text, U"\"", U"''");
    pass(text, [](View t, std::size_t at, Text& out) -> std::size_t {
        std::size_t end = at;
        while (end < t.size() && isWhiteSpace(t[end]))
            ++end;
        if (end > at)
            out.push_back(U' ');
        return end - at;
    });
    if (text.find(U'\'') == Text::npos)
        return;
    cutClitics(text, kShort);
    cutClitics(text, kLong);
}

// Contractions

/// What Python's re counts as part of a word: letters, numbers, underscore.
bool isPythonWord(char32_t c) {
    return c == U'_' || isNumber(c) || isLetter(c);
}

bool isBoundary(View text, std::size_t at) {
    const bool before = at > 0 && isPythonWord(text[at - 1]);
    const bool after = at < text.size() && isPythonWord(text[at]);
    return before != after;
}

bool startsContracted(View text, std::size_t at, View word) {
    if (at + word.size() > text.size())
        return false;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char32_t c = text[at + i];
        const bool dotted = word[i] == U'i' && (c == 0x130 || c == 0x131);
        if (!dotted && foldAscii(c) != word[i])
            return false;
    }
    return true;
}

enum class ContractionEnd { Boundary, Space };

void cutContraction(Text& text, View head, View tail, bool afterSpace, ContractionEnd end) {
    pass(text, [&](View t, std::size_t at, Text& out) -> std::size_t {
        const std::size_t skip = afterSpace ? 1 : 0;
        if (afterSpace ? t[at] != U' ' : foldAscii(t[at]) != head[0])
            return 0;
        const std::size_t first = at + skip;
        const std::size_t second = first + head.size();
        const std::size_t stop = second + tail.size();
        if (!startsContracted(t, first, head) || !startsContracted(t, second, tail) ||
            (!afterSpace && !isBoundary(t, at)))
            return 0;
        if (end == ContractionEnd::Boundary ? !isBoundary(t, stop)
                                            : stop >= t.size() || !isPythonSpace(t[stop]))
            return 0;
        out.append(U" ").append(t.substr(first, head.size())).append(U" ");
        out.append(t.substr(second, tail.size())).append(U" ");
        return stop - at;
    });
}

struct Contraction {
    View head;
    View tail;
    bool afterSpace = false;
    ContractionEnd end = ContractionEnd::Boundary;
};

constexpr std::array<Contraction, 10> kContractions{{{U"can", U"not"},
                                                     {U"d", U"'ye"},
                                                     {U"gim", U"me"},
                                                     {U"gon", U"na"},
                                                     {U"got", U"ta"},
                                                     {U"lem", U"me"},
                                                     {U"more", U"'n"},
                                                     {U"wan", U"na", false, ContractionEnd::Space},
                                                     {U"'t", U"is", true},
                                                     {U"'t", U"was", true}}};

/// Whether the head of a contraction begins anywhere, folded: most texts have none.
bool hasHead(View text, const Contraction& contraction) {
    const char32_t first = contraction.head[0];
    for (std::size_t at = 0; at + contraction.head.size() < text.size(); ++at)
        if (foldAscii(text[at]) == first && startsContracted(text, at, contraction.head) &&
            startsContracted(text, at + contraction.head.size(), contraction.tail))
            return true;
    return false;
}

void addWords(std::string_view text, std::vector<std::string>& out) {
    Text line = toUtf32(text);
    startingQuotes(line);
    punctuation(line);
    line.insert(0, 1, U' ');
    line.push_back(U' ');
    endingQuotes(line);
    for (const Contraction& contraction : kContractions)
        if (hasHead(line, contraction))
            cutContraction(line, contraction.head, contraction.tail, contraction.afterSpace,
                           contraction.end);
    const std::string bytes = toUtf8(line);
    for (const std::string_view word : splitWhitespace(bytes))
        out.emplace_back(word);
}

} // namespace

std::vector<std::string> treebankWords(std::string_view text) {
    std::vector<std::string> out;
    addWords(text, out);
    return out;
}

std::vector<std::string> treebankWords(std::string_view text, const SentenceSplitter& splitter) {
    std::vector<std::string> out;
    for (const TextSpan& sentence : splitter.split(text))
        addWords(sentence.of(text), out);
    return out;
}

} // namespace viva
