// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/split_pre_tokenizer.h"

#include "core/base/json_reader.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace viva {
namespace {

struct Part {
    TextSpan span;
    bool match = false;
};

std::vector<Part> labelParts(std::string_view text, const std::vector<TextSpan>& matches,
                             bool invert) {
    std::vector<Part> parts;
    std::size_t at = 0;
    for (const TextSpan& match : matches) {
        if (match.begin > at)
            parts.push_back({{at, match.begin}, invert});
        parts.push_back({match, !invert});
        at = match.end;
    }
    if (at < text.size())
        parts.push_back({{at, text.size()}, invert});
    return parts;
}

/// Joins neighbours; `joins(left, right)` says which.
template<typename Joins>
std::vector<TextSpan> joinParts(const std::vector<Part>& parts, Joins&& joins) {
    std::vector<TextSpan> out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0 && joins(parts[i - 1], parts[i]))
            out.back().end = parts[i].span.end;
        else
            out.push_back(parts[i].span);
    }
    return out;
}

/// Finds every character for which Predicate holds, one match each.
template<bool (*Predicate)(char32_t)>
std::vector<TextSpan> findEach(std::string_view text) {
    std::vector<TextSpan> out;
    for (std::size_t at = 0; at < text.size();) {
        const CodePoint point = decodeUtf8(text, at);
        if (Predicate(point.value))
            out.push_back({at, at + point.length});
        at += point.length;
    }
    return out;
}

bool isNumberChar(char32_t c) {
    return isNumber(c);
}
bool isSpaceChar(char32_t c) {
    return isWhiteSpace(c);
}
bool isPunctuationChar(char32_t c) {
    if (c < 0x80)
        return c > 0x20 && c < 0x7F && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') &&
               !(c >= 'a' && c <= 'z');
    return isPunctuation(c);
}

using Finder = std::function<std::vector<TextSpan>(std::string_view)>;

class SplitPreTokenizer final : public PreTokenizer {
public:
    SplitPreTokenizer(Finder find, SplitBehavior behavior, bool invert = false)
        : m_find(std::move(find)), m_behavior(behavior), m_invert(invert) {}

    void apply(TextPieces& pieces) const override {
        splitPieces(pieces, m_behavior, m_invert, m_find);
    }

private:
    Finder m_find;
    SplitBehavior m_behavior;
    bool m_invert;
};

/// White space vanishes, then every punctuation mark stands alone.
class BertPreTokenizer final : public PreTokenizer {
public:
    void apply(TextPieces& pieces) const override {
        splitPieces(pieces, SplitBehavior::Removed, false, findEach<isSpaceChar>);
        splitPieces(pieces, SplitBehavior::Isolated, false, findEach<isPunctuationChar>);
    }
};

Finder patternFinder(std::string_view expression, const std::string& place) {
    auto pattern = std::make_shared<const Pattern>(expression, place);
    return [pattern](std::string_view text) { return pattern->findAll(text); };
}

SplitBehavior readBehavior(JsonReader& reader, std::string fallback) {
    std::string word = std::move(fallback);
    reader.optionalChoice(
        "behavior", word,
        {"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"});
    if (word == "Removed")
        return SplitBehavior::Removed;
    if (word == "MergedWithPrevious")
        return SplitBehavior::MergedWithPrevious;
    if (word == "MergedWithNext")
        return SplitBehavior::MergedWithNext;
    return word == "Contiguous" ? SplitBehavior::Contiguous : SplitBehavior::Isolated;
}

std::unique_ptr<PreTokenizer> makeSplit(JsonReader& reader, const std::string& place) {
    std::optional<JsonReader> pattern = reader.object("pattern");
    if (!pattern)
        reader.fail("pattern", "an object with \"Regex\" or \"String\" is expected");
    std::string text;
    Finder find;
    if (pattern->has("Regex")) {
        pattern->required("Regex", text);
        find = patternFinder(text, place + ".pattern.Regex");
    } else {
        pattern->required("String", text);
        if (text.empty())
            find = [](std::string_view) { return std::vector<TextSpan>{}; };
        else
            find = patternFinder(escapePattern(text), place + ".pattern.String");
    }
    bool invert = false;
    reader.optional("invert", invert);
    return std::make_unique<SplitPreTokenizer>(std::move(find), readBehavior(reader, "Isolated"),
                                               invert);
}

} // namespace

std::vector<TextSpan> splitSpans(std::string_view text, const std::vector<TextSpan>& matches,
                                 SplitBehavior behavior, bool invert) {
    const std::vector<Part> parts = labelParts(text, matches, invert);
    std::vector<TextSpan> out;
    switch (behavior) {
    case SplitBehavior::Removed:
        for (const Part& part : parts)
            if (!part.match)
                out.push_back(part.span);
        break;
    case SplitBehavior::Isolated:
        out = joinParts(parts, [](const Part&, const Part&) { return false; });
        break;
    case SplitBehavior::Contiguous:
        out = joinParts(parts, [](const Part& a, const Part& b) { return a.match == b.match; });
        break;
    case SplitBehavior::MergedWithPrevious:
        out = joinParts(parts, [](const Part& a, const Part& b) { return !a.match && b.match; });
        break;
    case SplitBehavior::MergedWithNext:
        out = joinParts(parts, [](const Part& a, const Part& b) { return a.match && !b.match; });
        break;
    }
    std::erase_if(out, [](const TextSpan& span) { return span.begin == span.end; });
    return out;
}

void splitPieces(TextPieces& pieces, SplitBehavior behavior, bool invert, const Finder& find) {
    TextPieces out;
    out.reserve(pieces.size() * 2);
    for (TextPiece& piece : pieces) {
        const std::vector<TextSpan> matches = find(piece.text);
        if (matches.empty() && !invert) {
            if (!piece.text.empty())
                out.push_back(std::move(piece));
            continue;
        }
        for (const TextSpan& span : splitSpans(piece.text, matches, behavior, invert))
            out.push_back({piece.text.substr(span.begin, span.end - span.begin),
                           piece.atStart && span.begin == 0});
    }
    pieces = std::move(out);
}

std::unique_ptr<PreTokenizer> makeSplitPreTokenizer(std::string_view type, JsonReader& reader,
                                                    const std::string& place) {
    if (type == "Split")
        return makeSplit(reader, place);
    if (type == "Digits") {
        bool individual = false;
        reader.optional("individual_digits", individual);
        return std::make_unique<SplitPreTokenizer>(findEach<isNumberChar>,
                                                   individual ? SplitBehavior::Isolated
                                                              : SplitBehavior::Contiguous);
    }
    if (type == "WhitespaceSplit")
        return std::make_unique<SplitPreTokenizer>(findEach<isSpaceChar>, SplitBehavior::Removed);
    if (type == "Whitespace")
        return std::make_unique<SplitPreTokenizer>(patternFinder("\\w+|[^\\w\\s]+", place),
                                                   SplitBehavior::Removed, true);
    if (type == "Punctuation")
        return std::make_unique<SplitPreTokenizer>(findEach<isPunctuationChar>,
                                                   readBehavior(reader, "Isolated"));
    if (type == "BertPreTokenizer")
        return std::make_unique<BertPreTokenizer>();
    if (type == "CharDelimiterSplit") {
        std::string delimiter;
        reader.required("delimiter", delimiter);
        return std::make_unique<SplitPreTokenizer>(patternFinder(escapePattern(delimiter), place),
                                                   SplitBehavior::Removed);
    }
    return nullptr;
}

std::string_view splitPreTokenizerNames() noexcept {
    return "Split, Digits, Whitespace, WhitespaceSplit, Punctuation, CharDelimiterSplit, "
           "BertPreTokenizer";
}

} // namespace viva
