// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/text/alignment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

// The walk behind alignment.h, over numbers that stand for words or characters.
namespace viva::edit_walk {

/// Equal units have equal numbers.
using Ids = std::vector<std::uint32_t>;

// Two bits a cell: a quarter of this in bytes.
inline constexpr std::size_t kMostCells = std::size_t{1} << 31;

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    [[nodiscard]] std::size_t size() const { return end - begin; }
};

/// Which cells of the distance table are one more, or one less, than their left neighbour (rows:
/// hypothesis, columns: reference), 64 columns at a time.
/// @source Hyyro 2003, "A bit-vector algorithm for computing Levenshtein and Damerau edit
/// distances"
class DeltaTable {
public:
    /// @param distinct units of the reference, which have the numbers below
    DeltaTable(const Ids& hyp, Range h, const Ids& ref, Range r, std::size_t distinct)
        : m_words((r.size() + 63) / 64), m_more((h.size() + 1) * m_words),
          m_less((h.size() + 1) * m_words) {
        // the last row is of units that the reference lacks
        std::vector<std::uint64_t> places((distinct + 1) * m_words, 0);
        for (std::size_t j = 0; j < r.size(); ++j)
            places[ref[r.begin + j] * m_words + j / 64] |= std::uint64_t{1} << (j % 64);
        std::fill_n(m_more.begin(), m_words, ~std::uint64_t{0});
        for (std::size_t i = 1; i <= h.size(); ++i)
            fillRow(i, places.data() +
                           std::min<std::size_t>(hyp[h.begin + i - 1], distinct) * m_words);
    }
    [[nodiscard]] bool more(std::size_t row, std::size_t column) const {
        return bit(m_more, row, column);
    }
    [[nodiscard]] bool less(std::size_t row, std::size_t column) const {
        return bit(m_less, row, column);
    }

private:
    void fillRow(std::size_t row, const std::uint64_t* equal) {
        // what comes in from the left: the first column grows by one in every row
        std::uint64_t carryMore = 1;
        std::uint64_t carryLess = 0;
        for (std::size_t w = 0; w < m_words; ++w) {
            const std::uint64_t more = m_more[(row - 1) * m_words + w];
            const std::uint64_t less = m_less[(row - 1) * m_words + w];
            const std::uint64_t x = equal[w] | carryLess;
            const std::uint64_t diagonal = (((x & more) + more) ^ more) | x | less;
            const std::uint64_t downMore = less | ~(diagonal | more);
            const std::uint64_t downLess = diagonal & more;
            const std::uint64_t shiftedMore = (downMore << 1) | carryMore;
            const std::uint64_t shiftedLess = (downLess << 1) | carryLess;
            m_more[row * m_words + w] = shiftedLess | ~(diagonal | shiftedMore);
            m_less[row * m_words + w] = shiftedMore & diagonal;
            carryMore = downMore >> 63;
            carryLess = downLess >> 63;
        }
    }
    [[nodiscard]] bool bit(const std::vector<std::uint64_t>& bits, std::size_t row,
                           std::size_t column) const {
        return ((bits[row * m_words + (column - 1) / 64] >> ((column - 1) % 64)) & 1) != 0;
    }

    std::size_t m_words;
    std::vector<std::uint64_t> m_more;
    std::vector<std::uint64_t> m_less;
};

inline void requireMemory(Range h, Range r) {
    if (r.size() > 0 && h.size() > kMostCells / r.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("align: {} against {} units are too many to align; compare shorter "
                                "texts",
                                h.size(), r.size()));
}

/// Back through the table until one side is used up.
template<typename Steps>
void walkTable(const Ids& hyp, Range& h, const Ids& ref, Range& r, std::size_t distinct,
               Steps& steps) {
    requireMemory(h, r);
    const DeltaTable table(hyp, h, ref, r, distinct);
    while (h.size() > 0 && r.size() > 0) {
        if (table.more(h.size(), r.size())) {
            --r.end;
            steps.back(AlignmentKind::Delete, h.end, r.end);
            continue;
        }
        --h.end;
        if (h.size() > 0 && table.less(h.size(), r.size())) {
            steps.back(AlignmentKind::Insert, h.end, r.end);
            continue;
        }
        --r.end;
        const bool equal = hyp[h.end] == ref[r.end];
        steps.back(equal ? AlignmentKind::Equal : AlignmentKind::Substitute, h.end, r.end);
    }
}

/// Tells `steps` the shortest alignment: the common beginning through front(hyp, ref), forwards;
/// the rest through back(kind, hyp, ref), from the end on. Units of the reference have the numbers
/// below `distinct`.
template<typename Steps>
void findAlignment(const Ids& hyp, const Ids& ref, std::size_t distinct, Steps& steps) {
    Range h{0, hyp.size()};
    Range r{0, ref.size()};
    while (h.size() > 0 && r.size() > 0 && hyp[h.begin] == ref[r.begin])
        steps.front(h.begin++, r.begin++);
    while (h.size() > 0 && r.size() > 0 && hyp[h.end - 1] == ref[r.end - 1]) {
        --h.end;
        --r.end;
        steps.back(AlignmentKind::Equal, h.end, r.end);
    }
    if (h.size() > 0 && r.size() > 0)
        walkTable(hyp, h, ref, r, distinct, steps);
    while (r.size() > 0) {
        --r.end;
        steps.back(AlignmentKind::Delete, h.end, r.end);
    }
    while (h.size() > 0) {
        --h.end;
        steps.back(AlignmentKind::Insert, h.end, r.end);
    }
}

} // namespace viva::edit_walk
