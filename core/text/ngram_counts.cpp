// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/ngram_counts.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace viva {
namespace {

constexpr std::uint32_t kUnseen = 0xFFFFFFFFu;

std::uint64_t mixed(std::uint64_t key) noexcept {
    key ^= key >> 32;
    key *= 0x9E3779B97F4A7C15ull;
    return key ^ (key >> 29);
}

struct NumberHash {
    std::uint64_t operator()(std::uint64_t key) const noexcept { return mixed(key); }
};

/// Eight bytes at a time: words are short, and the standard's hash is a call a word.
struct WordHash {
    std::uint64_t operator()(std::string_view word) const noexcept {
        std::uint64_t hash = word.size();
        const char* at = word.data();
        std::size_t left = word.size();
        for (; left >= 8; left -= 8, at += 8) {
            std::uint64_t block = 0;
            std::memcpy(&block, at, 8);
            hash = mixed(hash ^ block) + block;
        }
        std::uint64_t block = 0;
        for (std::size_t i = 0; i < left; ++i)
            block |= std::uint64_t{static_cast<unsigned char>(at[i])} << (8 * i);
        return mixed(hash ^ block);
    }
};

/// Open-addressing table that numbers keys in the order they come.
template<typename Key, typename Hash>
class Numbering {
public:
    void reset(std::size_t mostKeys) {
        m_slots.assign(std::bit_ceil(std::max<std::size_t>(8, mostKeys * 2)), {Key{}, kUnseen});
        m_count = 0;
    }
    std::uint32_t number(const Key& key) {
        Slot& slot = find(key);
        if (slot.number == kUnseen)
            slot = {key, m_count++};
        return slot.number;
    }
    std::uint32_t lookup(const Key& key) { return find(key).number; }
    [[nodiscard]] std::uint32_t count() const { return m_count; }

private:
    struct Slot {
        Key key;
        std::uint32_t number;
    };

    Slot& find(const Key& key) {
        const std::size_t mask = m_slots.size() - 1;
        std::size_t at = Hash{}(key)&mask;
        while (m_slots[at].number != kUnseen && m_slots[at].key != key)
            at = (at + 1) & mask;
        return m_slots[at];
    }

    std::vector<Slot> m_slots;
    std::uint32_t m_count = 0;
};

using Grams = std::vector<std::uint32_t>;
// A gram of order n is its first n-1 tokens (numbered as a gram of order n-1) and its last token.
using GramNumbers = Numbering<std::uint64_t, NumberHash>;

/// What one count needs; kept by each thread, so that a short text costs no allocation.
struct Scratch {
    Numbering<std::string_view, WordHash> words;
    GramNumbers grams;
    Grams hypTokens;
    Grams hypGrams;
    std::vector<Grams> refTokens;
    std::vector<Grams> refGrams;
    std::vector<std::int32_t> counts;
    std::vector<std::int32_t> best;
};

Scratch& scratch() {
    thread_local Scratch own;
    return own;
}

std::uint64_t gramKey(std::uint32_t head, std::uint32_t last) {
    return (std::uint64_t{head} << 32) | last;
}

void extendHypothesis(Grams& grams, const Grams& tokens, int order, GramNumbers& numbers) {
    const auto reach = static_cast<std::size_t>(order - 1);
    grams.resize(tokens.size() > reach ? tokens.size() - reach : 0);
    for (std::size_t i = 0; i < grams.size(); ++i)
        grams[i] = numbers.number(gramKey(grams[i], tokens[i + reach]));
}

/// Grams that the hypothesis lacks stay kUnseen, and so does everything that begins with them.
void extendReference(Grams& grams, const Grams& tokens, int order, GramNumbers& numbers) {
    const auto reach = static_cast<std::size_t>(order - 1);
    grams.resize(tokens.size() > reach ? tokens.size() - reach : 0);
    for (std::size_t i = 0; i < grams.size(); ++i) {
        const std::uint32_t last = tokens[i + reach];
        grams[i] = grams[i] == kUnseen || last == kUnseen ? kUnseen
                                                          : numbers.lookup(gramKey(grams[i], last));
    }
}

std::int64_t clippedMatches(Scratch& own, std::size_t references, std::uint32_t distinct) {
    own.best.assign(distinct, 0);
    for (std::size_t r = 0; r < references; ++r) {
        own.counts.assign(distinct, 0);
        for (const std::uint32_t gram : own.refGrams[r])
            if (gram != kUnseen)
                own.best[gram] = std::max(own.best[gram], ++own.counts[gram]);
    }
    own.counts.assign(distinct, 0);
    std::int64_t matches = 0;
    for (const std::uint32_t gram : own.hypGrams)
        matches += ++own.counts[gram] <= own.best[gram] ? 1 : 0;
    return matches;
}

void requireOrder(int order) {
    if (order < 1 || order > kMaxNgramOrder)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("countNgramOverlap: order {} is not in 1..{}", order, kMaxNgramOrder));
}

/// Numbers the units of both sides with `numbers`, then counts order by order.
template<typename Hypothesis, typename References, typename Numbers>
NgramOverlap overlapOf(const Hypothesis& hypothesis, const References& references, int maxOrder,
                       Numbers& numbers) {
    requireOrder(maxOrder);
    Scratch& own = scratch();
    numbers.reset(hypothesis.size());
    own.hypTokens.clear();
    for (const auto& unit : hypothesis)
        own.hypTokens.push_back(numbers.number(unit));
    if (own.refTokens.size() < references.size()) {
        own.refTokens.resize(references.size());
        own.refGrams.resize(references.size());
    }
    for (std::size_t r = 0; r < references.size(); ++r) {
        own.refTokens[r].clear();
        for (const auto& unit : references[r])
            own.refTokens[r].push_back(numbers.lookup(unit));
        own.refGrams[r] = own.refTokens[r];
    }
    own.hypGrams = own.hypTokens;
    std::uint32_t distinct = numbers.count();
    NgramOverlap out;
    out.matches.reserve(static_cast<std::size_t>(maxOrder));
    out.totals.reserve(static_cast<std::size_t>(maxOrder));
    for (int order = 1; order <= maxOrder; ++order) {
        if (order > 1) {
            own.grams.reset(own.hypGrams.size());
            extendHypothesis(own.hypGrams, own.hypTokens, order, own.grams);
            for (std::size_t r = 0; r < references.size(); ++r)
                extendReference(own.refGrams[r], own.refTokens[r], order, own.grams);
            distinct = own.grams.count();
        }
        out.matches.push_back(clippedMatches(own, references.size(), distinct));
        out.totals.push_back(static_cast<std::int64_t>(own.hypGrams.size()));
    }
    return out;
}

/// Characters are numbered like words.
struct CharacterNumbers {
    GramNumbers& table;
    void reset(std::size_t mostKeys) { table.reset(mostKeys); }
    std::uint32_t number(char32_t c) { return table.number(c); }
    std::uint32_t lookup(char32_t c) { return table.lookup(c); }
    [[nodiscard]] std::uint32_t count() const { return table.count(); }
};

} // namespace

NgramOverlap countNgramOverlap(std::span<const std::string_view> hypothesis,
                               std::span<const std::vector<std::string_view>> references,
                               int maxOrder) {
    return overlapOf(hypothesis, references, maxOrder, scratch().words);
}

NgramOverlap countNgramOverlap(std::u32string_view hypothesis,
                               std::span<const std::u32string> references, int maxOrder) {
    CharacterNumbers numbers{scratch().grams};
    return overlapOf(hypothesis, references, maxOrder, numbers);
}

NgramRepeats countNgramRepeats(std::span<const std::string_view> tokens, int order) {
    requireOrder(order);
    Scratch& own = scratch();
    own.words.reset(tokens.size());
    own.hypTokens.clear();
    for (const std::string_view token : tokens)
        own.hypTokens.push_back(own.words.number(token));
    own.hypGrams = own.hypTokens;
    std::uint32_t distinct = own.words.count();
    for (int n = 2; n <= order; ++n) {
        own.grams.reset(own.hypGrams.size());
        extendHypothesis(own.hypGrams, own.hypTokens, n, own.grams);
        distinct = own.grams.count();
    }
    NgramRepeats out;
    out.total = static_cast<std::int64_t>(own.hypGrams.size());
    out.repeated = out.total - static_cast<std::int64_t>(distinct);
    return out;
}

} // namespace viva
