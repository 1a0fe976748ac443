// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenizer/stages/bpe_model.h"

#include "core/base/json_reader.h"
#include "core/text/utf8.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <queue>
#include <unordered_map>
#include <utility>

namespace viva {
namespace {

struct Merge {
    std::uint32_t rank = 0;
    std::int64_t id = 0;
};

struct BpeOptions {
    std::optional<std::int64_t> unknown;
    std::string continuingPrefix;
    std::string wordSuffix;
    bool fuseUnknown = false;
    bool byteFallback = false;
    bool ignoreMerges = false;
};

std::uint64_t pairKey(std::int64_t left, std::int64_t right) {
    return (static_cast<std::uint64_t>(left) << 32) | static_cast<std::uint64_t>(right);
}

/// A symbol of the word being merged: a doubly linked list in a vector.
struct Symbol {
    std::int64_t id = 0;
    int previous = -1;
    int next = -1;
    bool alive = true;
};

/// A pair that may be merged; ordered so that the best rank, then the leftmost, is on top.
struct Candidate {
    std::uint32_t rank = 0;
    int left = 0;
    std::uint64_t key = 0;
    bool operator<(const Candidate& other) const {
        return std::pair(rank, left) > std::pair(other.rank, other.left);
    }
};

class BpeModel final : public TokenModel {
public:
    BpeModel(Vocabulary vocabulary, std::unordered_map<std::uint64_t, Merge> merges,
             BpeOptions options)
        : m_vocabulary(std::move(vocabulary)), m_merges(std::move(merges)),
          m_options(std::move(options)) {}

    void encode(std::string_view piece, std::vector<std::int64_t>& ids) const override {
        if (m_options.ignoreMerges) {
            if (const auto whole = m_vocabulary.idOf(piece)) {
                ids.push_back(*whole);
                return;
            }
        }
        std::vector<Symbol> symbols = firstSymbols(piece);
        mergeAll(symbols);
        for (const Symbol& symbol : symbols)
            if (symbol.alive)
                ids.push_back(symbol.id);
    }

    [[nodiscard]] const Vocabulary& vocabulary() const override { return m_vocabulary; }

private:
    [[nodiscard]] std::vector<Symbol> firstSymbols(std::string_view piece) const {
        std::vector<std::int64_t> ids;
        ids.reserve(piece.size());
        bool lastUnknown = false;
        for (std::size_t at = 0; at < piece.size();) {
            const std::size_t length = decodeUtf8(piece, at).length;
            const std::string_view bytes = piece.substr(at, length);
            const bool first = at == 0;
            at += length;
            lastUnknown = !appendCharacter(bytes, first, at == piece.size(), lastUnknown, ids);
        }
        std::vector<Symbol> symbols(ids.size());
        for (std::size_t i = 0; i < ids.size(); ++i) {
            const int place = static_cast<int>(i);
            symbols[i] = {ids[i], place - 1, i + 1 < ids.size() ? place + 1 : -1, true};
        }
        return symbols;
    }

    /// False when the character was unknown.
    bool appendCharacter(std::string_view bytes, bool first, bool last, bool lastUnknown,
                         std::vector<std::int64_t>& ids) const {
        std::optional<std::int64_t> id;
        if (m_options.continuingPrefix.empty() && m_options.wordSuffix.empty())
            id = m_vocabulary.idOf(bytes);
        else
            id = m_vocabulary.idOf((first ? "" : m_options.continuingPrefix) + std::string(bytes) +
                                   (last ? m_options.wordSuffix : ""));
        if (id) {
            ids.push_back(*id);
            return true;
        }
        if (m_options.byteFallback && appendBytes(bytes, ids))
            return true;
        if (m_options.unknown && !(m_options.fuseUnknown && lastUnknown))
            ids.push_back(*m_options.unknown);
        return false;
    }

    bool appendBytes(std::string_view bytes, std::vector<std::int64_t>& ids) const {
        std::vector<std::int64_t> found;
        for (const char byte : bytes) {
            const auto id =
                m_vocabulary.idOf(fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte)));
            if (!id)
                return false;
            found.push_back(*id);
        }
        ids.insert(ids.end(), found.begin(), found.end());
        return true;
    }

    void mergeAll(std::vector<Symbol>& symbols) const {
        std::priority_queue<Candidate> queue;
        const auto offer = [&](int left) {
            if (left < 0 || symbols[static_cast<std::size_t>(left)].next < 0)
                return;
            const Symbol& symbol = symbols[static_cast<std::size_t>(left)];
            const std::uint64_t key =
                pairKey(symbol.id, symbols[static_cast<std::size_t>(symbol.next)].id);
            if (const auto found = m_merges.find(key); found != m_merges.end())
                queue.push({found->second.rank, left, key});
        };
        for (std::size_t i = 0; i + 1 < symbols.size(); ++i)
            offer(static_cast<int>(i));
        while (!queue.empty()) {
            const Candidate best = queue.top();
            queue.pop();
            Symbol& left = symbols[static_cast<std::size_t>(best.left)];
            if (!left.alive || left.next < 0)
                continue;
            Symbol& right = symbols[static_cast<std::size_t>(left.next)];
            if (pairKey(left.id, right.id) != best.key)
                continue;
            left.id = m_merges.at(best.key).id;
            right.alive = false;
            left.next = right.next;
            if (left.next >= 0)
                symbols[static_cast<std::size_t>(left.next)].previous = best.left;
            offer(left.previous);
            offer(best.left);
        }
    }

    Vocabulary m_vocabulary;
    std::unordered_map<std::uint64_t, Merge> m_merges;
    BpeOptions m_options;
};

/// Both halves of a merge, written "a b" or ["a", "b"].
std::pair<std::string, std::string> readPair(JsonReader& reader, const nlohmann::json& entry,
                                             std::size_t place) {
    if (entry.is_string()) {
        const auto& text = entry.get_ref<const std::string&>();
        const std::size_t space = text.find(' ');
        if (space != std::string::npos && space > 0 && space + 1 < text.size() &&
            text.find(' ', space + 1) == std::string::npos)
            return {text.substr(0, space), text.substr(space + 1)};
    } else if (entry.is_array() && entry.size() == 2 && entry[0].is_string() &&
               entry[1].is_string()) {
        return {entry[0].get<std::string>(), entry[1].get<std::string>()};
    }
    reader.fail(fmt::format("merges[{}]", place),
                fmt::format("two tokens (\"a b\" or [\"a\", \"b\"]) are expected, found {}",
                            entry.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)));
}

std::unordered_map<std::uint64_t, Merge>
readMerges(JsonReader& reader, const Vocabulary& vocabulary, const std::string& prefix) {
    const nlohmann::json* list = reader.raw("merges");
    if (list == nullptr || !list->is_array())
        reader.fail("merges", "a list of merges is expected");
    std::unordered_map<std::uint64_t, Merge> merges;
    merges.reserve(list->size() * 2);
    for (std::size_t i = 0; i < list->size(); ++i) {
        const std::pair<std::string, std::string> pair = readPair(reader, (*list)[i], i);
        const std::string& left = pair.first;
        const std::string& right = pair.second;
        const auto need = [&](const std::string& token) {
            const auto id = vocabulary.idOf(token);
            if (!id)
                reader.fail(
                    fmt::format("merges[{}]", i),
                    fmt::format("\"{}\" + \"{}\": the vocabulary has no token \"{}\"; fetch "
                                "the file again or mend the vocabulary",
                                left, right, token));
            return *id;
        };
        const std::string tail = right.starts_with(prefix) ? right.substr(prefix.size()) : right;
        merges[pairKey(need(left), need(right))] = {static_cast<std::uint32_t>(i),
                                                    need(left + tail)};
    }
    return merges;
}

} // namespace

std::unique_ptr<TokenModel> makeBpeModel(JsonReader& reader) {
    Vocabulary vocabulary = readVocabulary(reader);
    BpeOptions options;
    std::string unknown;
    reader.optional("unk_token", unknown);
    if (!unknown.empty())
        options.unknown = vocabulary.idOf(unknown); // byte-level files may name an added token here
    reader.optional("continuing_subword_prefix", options.continuingPrefix);
    reader.optional("end_of_word_suffix", options.wordSuffix);
    reader.optional("fuse_unk", options.fuseUnknown);
    reader.optional("byte_fallback", options.byteFallback);
    reader.optional("ignore_merges", options.ignoreMerges);
    auto merges = readMerges(reader, vocabulary, options.continuingPrefix);
    return std::make_unique<BpeModel>(std::move(vocabulary), std::move(merges), std::move(options));
}

} // namespace viva
