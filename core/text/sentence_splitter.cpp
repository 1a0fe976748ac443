// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/sentence_splitter.h"

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/text/punkt_tokens.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"
#include "core/text/vocabulary.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <unordered_set>

namespace viva {
namespace {

namespace fs = std::filesystem;
using View = std::u32string_view;
using WordSet = std::unordered_set<std::string, TextHash, std::equal_to<>>;

// How a word was seen: at the beginning of a sentence, inside it, or unknown; upper or lower case.
constexpr int kMiddleUpper = 1 << 2;
constexpr int kUpper = (1 << 1) | kMiddleUpper | (1 << 3);
constexpr int kBeginLower = 1 << 4;
constexpr int kLower = kBeginLower | (1 << 5) | (1 << 6);

/// Calls fn(line, number) for each line that is not empty.
template<typename Function>
void eachLine(const fs::path& file, Function fn) {
    const std::string text = readFile(file);
    int number = 0;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find('\n', begin), text.size());
        ++number;
        if (end > begin)
            fn(std::string_view(text).substr(begin, end - begin), number);
        begin = end + 1;
    }
}

std::pair<std::string_view, std::string_view> columns(const fs::path& file, std::string_view line,
                                                      int number) {
    const std::size_t tab = line.find('\t');
    if (tab == std::string_view::npos)
        throw Error(ErrorCode::Format,
                    fmt::format("{}:{}: there is no tab between two columns; this is no file of a "
                                "Punkt model",
                                file.string(), number));
    return {line.substr(0, tab), line.substr(tab + 1)};
}

WordSet readSet(const fs::path& file) {
    WordSet out;
    eachLine(file, [&out](std::string_view line, int) { out.emplace(line); });
    return out;
}

/// Whether the token begins a sentence; absent where there is no telling.
using Verdict = std::optional<bool>;

/// Where a sentence may end, and the words around that place.
struct Candidate {
    std::size_t wordBegin = 0; ///< of the word before the mark
    std::size_t mark = 0;
    std::size_t afterEnd = 0;             ///< end of the context behind the mark
    std::optional<std::size_t> nextBegin; ///< of the next word, when white space follows the mark
};

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
};

bool isClosing(char32_t c) {
    return View(U"\"')]}‘’“”«»").find(c) != View::npos;
}

/// The mark at `at` with what follows, where it can end a sentence.
std::optional<Candidate> candidateAt(View text, std::size_t at) {
    if (View(U".?!").find(text[at]) == View::npos || at + 1 >= text.size())
        return std::nullopt;
    Candidate out;
    out.mark = at;
    if (isPunktNonWord(text[at + 1])) {
        out.afterEnd = at + 2;
        return out;
    }
    std::size_t next = at + 1;
    while (next < text.size() && isWhiteSpace(text[next]))
        ++next;
    if (next == at + 1 || next == text.size())
        return std::nullopt;
    out.nextBegin = next;
    out.afterEnd = next;
    while (out.afterEnd < text.size() && !isWhiteSpace(text[out.afterEnd]))
        ++out.afterEnd;
    return out;
}

/// All candidates; of marks that share a word the last.
std::vector<Candidate> candidatesOf(View text) {
    constexpr View kSpaces = U" \t\n\r\v\f";
    std::vector<Candidate> out;
    std::optional<Candidate> previous;
    Range before; // the word before the previous mark
    for (std::size_t at = 0; at < text.size(); ++at) {
        auto candidate = candidateAt(text, at);
        if (!candidate)
            continue;
        const std::size_t space = text.substr(before.end, at - before.end).find_last_of(kSpaces);
        // a space right behind the previous mark counts as none, as in the tool
        candidate->wordBegin =
            space != View::npos && space > 0 ? before.end + space + 1 : before.begin;
        if (previous && before.end <= candidate->wordBegin)
            out.push_back(*previous);
        before = {candidate->wordBegin, at};
        previous = candidate;
    }
    if (previous)
        out.push_back(*previous);
    return out;
}

/// Closing marks that a cut left at the beginning of a sentence go to the one before.
std::vector<Range> realigned(View text, const std::vector<Range>& sentences) {
    std::vector<Range> out;
    std::size_t shift = 0;
    for (std::size_t i = 0; i < sentences.size(); ++i) {
        const Range one{sentences[i].begin + shift, sentences[i].end};
        shift = 0;
        std::size_t closing = 0;
        if (i + 1 < sentences.size() && sentences[i + 1].end > sentences[i + 1].begin) {
            const View next =
                text.substr(sentences[i + 1].begin, sentences[i + 1].end - sentences[i + 1].begin);
            while (closing < next.size() && isClosing(next[closing]))
                ++closing;
            std::size_t end = closing;
            while (end < next.size() && isWhiteSpace(next[end]))
                ++end;
            const bool moves = closing > 0 && (end > closing || end == next.size() ||
                                               next.substr(closing, 2) == U"--");
            closing = moves ? closing : 0;
            shift = moves ? end : 0;
        }
        if (closing > 0)
            out.push_back({one.begin, sentences[i + 1].begin + closing});
        else if (one.end > one.begin)
            out.push_back(one);
    }
    return out;
}

} // namespace

struct SentenceSplitter::Model {
    WordSet abbreviations;
    WordSet starters;
    WordSet collocations; ///< first word, tab, second word
    TextMap<int> contexts;

    [[nodiscard]] int contextOf(const std::string& word) const {
        const auto found = contexts.find(word);
        return found == contexts.end() ? 0 : found->second;
    }
    void markByType(PunktToken& token) const;
    [[nodiscard]] Verdict beginsSentence(const PunktToken& token) const;
    void markByContext(PunktToken& token, const PunktToken& next) const;
    [[nodiscard]] bool containsBreak(View context) const;
};

void SentenceSplitter::Model::markByType(PunktToken& token) const {
    const std::string& text = token.text;
    if (text == "." || text == "?" || text == "!") {
        token.ends = true;
    } else if (token.isEllipsis()) {
        token.ellipsis = true;
    } else if (token.endsWithPoint() && !text.ends_with("..")) {
        const std::string word = lowerCase(std::string_view(text).substr(0, text.size() - 1));
        const std::string_view tail = std::string_view(word).substr(word.rfind('-') + 1);
        if (abbreviations.contains(word) || abbreviations.contains(tail))
            token.abbreviation = true;
        else
            token.ends = true;
    }
}

Verdict SentenceSplitter::Model::beginsSentence(const PunktToken& token) const {
    if (token.text.size() == 1 &&
        std::string_view(";:,.!?").find(token.text) != std::string_view::npos)
        return false;
    const int context = contextOf(token.typeAsWord());
    if (token.startsUpper() && (context & kLower) != 0 && (context & kMiddleUpper) == 0)
        return true;
    if (token.startsLower() && ((context & kUpper) != 0 || (context & kBeginLower) == 0))
        return false;
    return std::nullopt;
}

void SentenceSplitter::Model::markByContext(PunktToken& token, const PunktToken& next) const {
    if (!token.endsWithPoint())
        return;
    const std::string word = token.typeWithoutPoint();
    const std::string nextWord = next.typeAsWord();
    const bool initial = token.isInitial();
    const auto noBreak = [&token] {
        token.ends = false;
        token.abbreviation = true;
    };
    if (collocations.contains(word + "\t" + nextWord))
        return noBreak();
    if ((token.abbreviation || token.ellipsis) && !initial) {
        if (beginsSentence(next) == Verdict(true) ||
            (next.startsUpper() && starters.contains(nextWord))) {
            token.ends = true;
            return;
        }
    }
    if (!initial && word != kPunktNumber)
        return;
    const Verdict verdict = beginsSentence(next);
    if (verdict == Verdict(false) ||
        (!verdict && initial && next.startsUpper() && (contextOf(nextWord) & kLower) == 0))
        noBreak();
}

bool SentenceSplitter::Model::containsBreak(View context) const {
    std::vector<PunktToken> tokens = punktTokens(context);
    for (PunktToken& token : tokens)
        markByType(token);
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
        markByContext(tokens[i], tokens[i + 1]);
        if (tokens[i].ends)
            return true;
    }
    return false;
}

SentenceSplitter::SentenceSplitter(std::unique_ptr<Model> model) : m_model(std::move(model)) {}
SentenceSplitter::~SentenceSplitter() = default;

std::unique_ptr<SentenceSplitter> SentenceSplitter::load(const fs::path& folder) {
    auto model = std::make_unique<Model>();
    model->abbreviations = readSet(folder / "abbrev_types.txt");
    model->starters = readSet(folder / "sent_starters.txt");
    const fs::path collocations = folder / "collocations.tab";
    eachLine(collocations, [&](std::string_view line, int number) {
        static_cast<void>(columns(collocations, line, number));
        model->collocations.emplace(line);
    });
    const fs::path contexts = folder / "ortho_context.tab";
    eachLine(contexts, [&](std::string_view line, int number) {
        const auto [word, flags] = columns(contexts, line, number);
        int value = 0;
        const auto [end, error] = std::from_chars(flags.begin(), flags.end(), value);
        if (error != std::errc() || end != flags.end())
            throw Error(ErrorCode::Format,
                        fmt::format("{}:{}: \"{}\" is no whole number; this is no file of a Punkt "
                                    "model",
                                    contexts.string(), number, flags));
        model->contexts.insert_or_assign(std::string(word), value);
    });
    return std::unique_ptr<SentenceSplitter>(new SentenceSplitter(std::move(model)));
}

std::vector<TextSpan> SentenceSplitter::split(std::string_view text) const {
    const std::u32string points = toUtf32(text);
    std::vector<Range> sentences;
    std::size_t begin = 0;
    for (const Candidate& candidate : candidatesOf(points)) {
        const View context =
            View(points).substr(candidate.wordBegin, candidate.afterEnd - candidate.wordBegin);
        if (!m_model->containsBreak(context))
            continue;
        sentences.push_back({begin, candidate.mark + 1});
        begin = candidate.nextBegin.value_or(candidate.mark + 1);
    }
    std::size_t end = points.size();
    while (end > 0 && isPythonSpace(points[end - 1]))
        --end;
    sentences.push_back({begin, end});

    std::vector<TextSpan> out;
    std::size_t byte = 0;
    std::size_t at = 0;
    const auto byteOf = [&](std::size_t point) {
        for (; at < point; ++at)
            byte += decodeUtf8(text, byte).length;
        return byte;
    };
    for (const Range& sentence : realigned(points, sentences)) {
        TextSpan span;
        span.begin = byteOf(sentence.begin);
        span.end = byteOf(sentence.end);
        out.push_back(span);
    }
    return out;
}

fs::path findNltkFolder(const fs::path& inside) {
    std::vector<fs::path> roots;
    // read before any thread is started
    if (const char* data = std::getenv("NLTK_DATA")) { // NOLINT(concurrency-mt-unsafe)
        const std::string_view list(data);
        for (std::size_t begin = 0; begin <= list.size();) {
            const std::size_t end = std::min(list.find(':', begin), list.size());
            if (end > begin)
                roots.emplace_back(list.substr(begin, end - begin));
            begin = end + 1;
        }
    }
    if (const char* home = std::getenv("HOME")) // NOLINT(concurrency-mt-unsafe)
        roots.push_back(fs::path(home) / "nltk_data");
    for (const char* root : {"/usr/share/nltk_data", "/usr/local/share/nltk_data",
                             "/usr/lib/nltk_data", "/usr/local/lib/nltk_data"})
        roots.emplace_back(root);
    std::error_code ignored;
    for (const fs::path& root : roots)
        if (fs::is_directory(root / inside, ignored))
            return root / inside;
    return {};
}

fs::path findPunktFolder() {
    return findNltkFolder(fs::path("tokenizers") / "punkt_tab" / "english");
}

} // namespace viva
