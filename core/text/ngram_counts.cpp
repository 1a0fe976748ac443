// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/ngram_counts.h"

#include "core/base/error.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace viva {
namespace {

constexpr std::uint32_t kUnseen = 0xFFFFFFFFu;

/// Open-addressing table that numbers keys in the order they come.
template<typename Key, typename Hash>
class Numbering {
public:
    explicit Numbering(std::size_t mostKeys)
        : m_slots(std::bit_ceil(std::max<std::size_t>(8, mostKeys * 2)), {Key{}, kUnseen}) {}

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

struct PairHash {
    std::size_t operator()(std::uint64_t key) const noexcept {
        key ^= key >> 32;
        key *= 0x9E3779B97F4A7C15ull;
        return key ^ (key >> 29);
    }
};

using Grams = std::vector<std::uint32_t>;
using TokenNumbers = Numbering<std::string_view, std::hash<std::string_view>>;
// A gram of order n is its first n-1 tokens (numbered as a gram of order n-1) and its last token.
using GramNumbers = Numbering<std::uint64_t, PairHash>;

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

std::int64_t clippedMatches(const Grams& hypothesis, const std::vector<Grams>& references,
                            std::uint32_t distinct) {
    std::vector<std::int32_t> counts(distinct, 0);
    std::vector<std::int32_t> best(distinct, 0);
    for (const Grams& reference : references) {
        std::fill(counts.begin(), counts.end(), 0);
        for (const std::uint32_t gram : reference)
            if (gram != kUnseen)
                best[gram] = std::max(best[gram], ++counts[gram]);
    }
    std::fill(counts.begin(), counts.end(), 0);
    std::int64_t matches = 0;
    for (const std::uint32_t gram : hypothesis)
        if (++counts[gram] <= best[gram])
            ++matches;
    return matches;
}

} // namespace

NgramOverlap countNgramOverlap(std::span<const std::string_view> hypothesis,
                               std::span<const std::vector<std::string_view>> references,
                               int maxOrder) {
    if (maxOrder < 1 || maxOrder > kMaxNgramOrder)
        throw Error(
            ErrorCode::InvalidArgument,
            fmt::format("countNgramOverlap: order {} is not in 1..{}", maxOrder, kMaxNgramOrder));
    TokenNumbers tokenNumbers(hypothesis.size());
    Grams hypTokens;
    hypTokens.reserve(hypothesis.size());
    for (const std::string_view token : hypothesis)
        hypTokens.push_back(tokenNumbers.number(token));
    std::vector<Grams> refTokens;
    refTokens.reserve(references.size());
    for (const auto& reference : references) {
        Grams& tokens = refTokens.emplace_back();
        tokens.reserve(reference.size());
        for (const std::string_view token : reference)
            tokens.push_back(tokenNumbers.lookup(token));
    }
    NgramOverlap out;
    Grams hypGrams = hypTokens;
    std::vector<Grams> refGrams = refTokens;
    std::uint32_t distinct = tokenNumbers.count();
    for (int order = 1; order <= maxOrder; ++order) {
        if (order > 1) {
            GramNumbers numbers(hypGrams.size());
            extendHypothesis(hypGrams, hypTokens, order, numbers);
            for (std::size_t r = 0; r < refGrams.size(); ++r)
                extendReference(refGrams[r], refTokens[r], order, numbers);
            distinct = numbers.count();
        }
        out.matches.push_back(clippedMatches(hypGrams, refGrams, distinct));
        out.totals.push_back(static_cast<std::int64_t>(hypGrams.size()));
    }
    return out;
}

} // namespace viva
