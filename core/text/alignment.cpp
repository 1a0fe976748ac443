// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/alignment.h"

#include "core/base/error.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

namespace viva {
namespace {

// Two bits a cell: a quarter of this in bytes.
constexpr std::size_t kMostCells = std::size_t{1} << 31;

struct Units {
    std::vector<TextSpan> spans;
    std::vector<std::uint32_t> ids;
};

/// Equal units get equal numbers over both texts, from 0 on.
class UnitNumbers {
public:
    explicit UnitNumbers(std::size_t mostUnits)
        : m_slots(std::bit_ceil(std::max<std::size_t>(16, 2 * mostUnits))) {
        m_bytes.fill(kUnseen);
    }

    Units number(std::string_view text, std::vector<TextSpan> spans) {
        Units units;
        units.ids.reserve(spans.size());
        for (const TextSpan& span : spans)
            units.ids.push_back(numberOf(span.of(text)));
        units.spans = std::move(spans);
        return units;
    }
    [[nodiscard]] std::uint32_t count() const { return m_count; }

private:
    static constexpr std::uint32_t kUnseen = 0xFFFFFFFFu;
    struct Slot {
        std::string_view unit;
        std::uint32_t number = kUnseen;
    };

    std::uint32_t numberOf(std::string_view unit) {
        if (unit.size() == 1)
            return seen(m_bytes[static_cast<unsigned char>(unit.front())]);
        const std::size_t mask = m_slots.size() - 1;
        std::size_t at = std::hash<std::string_view>{}(unit)&mask;
        while (m_slots[at].number != kUnseen && m_slots[at].unit != unit)
            at = (at + 1) & mask;
        m_slots[at].unit = unit;
        return seen(m_slots[at].number);
    }
    std::uint32_t seen(std::uint32_t& number) {
        if (number == kUnseen)
            number = m_count++;
        return number;
    }

    std::vector<Slot> m_slots;
    std::array<std::uint32_t, 256> m_bytes; ///< units of one byte
    std::uint32_t m_count = 0;
};

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
    DeltaTable(const Units& hyp, Range h, const Units& ref, Range r, std::size_t distinct)
        : m_words((r.size() + 63) / 64), m_more((h.size() + 1) * m_words),
          m_less((h.size() + 1) * m_words) {
        // the last row is of units that the reference lacks
        std::vector<std::uint64_t> places((distinct + 1) * m_words, 0);
        for (std::size_t j = 0; j < r.size(); ++j)
            places[ref.ids[r.begin + j] * m_words + j / 64] |= std::uint64_t{1} << (j % 64);
        std::fill_n(m_more.begin(), m_words, ~std::uint64_t{0});
        for (std::size_t i = 1; i <= h.size(); ++i)
            fillRow(i, places.data() +
                           std::min<std::size_t>(hyp.ids[h.begin + i - 1], distinct) * m_words);
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

void requireMemory(Range h, Range r) {
    if (r.size() > 0 && h.size() > kMostCells / r.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("align: {} against {} units are too many to align; compare shorter "
                                "texts",
                                h.size(), r.size()));
}

class Aligner {
public:
    Aligner(const Units& hyp, const Units& ref, std::size_t hypBytes, std::size_t refBytes,
            std::uint32_t distinct)
        : m_hyp(hyp), m_ref(ref), m_hypBytes(hypBytes), m_refBytes(refBytes), m_distinct(distinct) {
    }

    std::vector<AlignmentOp> run() {
        Range h{0, m_hyp.ids.size()};
        Range r{0, m_ref.ids.size()};
        std::vector<AlignmentOp> head;
        head.reserve(std::max(h.size(), r.size()) + 8);
        while (h.size() > 0 && r.size() > 0 && m_hyp.ids[h.begin] == m_ref.ids[r.begin])
            head.push_back(pair(AlignmentKind::Equal, h.begin++, r.begin++));
        while (h.size() > 0 && r.size() > 0 && m_hyp.ids[h.end - 1] == m_ref.ids[r.end - 1])
            m_backwards.push_back(pair(AlignmentKind::Equal, --h.end, --r.end));
        walkBack(h, r);
        head.insert(head.end(), m_backwards.rbegin(), m_backwards.rend());
        return head;
    }

private:
    [[nodiscard]] AlignmentOp pair(AlignmentKind kind, std::size_t hyp, std::size_t ref) const {
        return {kind, m_hyp.spans[hyp], m_ref.spans[ref]};
    }
    /// An empty span in front of unit `at`, or at the end of the text.
    static TextSpan gap(const Units& units, std::size_t at, std::size_t bytes) {
        const std::size_t place = at < units.spans.size() ? units.spans[at].begin : bytes;
        return {place, place};
    }
    void addDeletion(std::size_t hyp, std::size_t ref) {
        m_backwards.push_back(
            {AlignmentKind::Delete, gap(m_hyp, hyp, m_hypBytes), m_ref.spans[ref]});
    }
    void addInsertion(std::size_t hyp, std::size_t ref) {
        m_backwards.push_back(
            {AlignmentKind::Insert, m_hyp.spans[hyp], gap(m_ref, ref, m_refBytes)});
    }

    void walkBack(Range h, Range r) {
        std::size_t i = h.size();
        std::size_t j = r.size();
        if (i > 0 && j > 0)
            walkTable(h, r, i, j);
        while (j > 0)
            addDeletion(h.begin + i, r.begin + --j);
        while (i > 0)
            addInsertion(h.begin + --i, r.begin + j);
    }
    /// Back through the table until one side is used up.
    void walkTable(Range h, Range r, std::size_t& i, std::size_t& j) {
        requireMemory(h, r);
        const DeltaTable table(m_hyp, h, m_ref, r, m_distinct);
        while (i > 0 && j > 0) {
            if (table.more(i, j)) {
                --j;
                addDeletion(h.begin + i, r.begin + j);
                continue;
            }
            --i;
            if (i > 0 && table.less(i, j)) {
                addInsertion(h.begin + i, r.begin + j);
                continue;
            }
            --j;
            const bool equal = m_hyp.ids[h.begin + i] == m_ref.ids[r.begin + j];
            m_backwards.push_back(pair(equal ? AlignmentKind::Equal : AlignmentKind::Substitute,
                                       h.begin + i, r.begin + j));
        }
    }

    const Units& m_hyp;
    const Units& m_ref;
    std::size_t m_hypBytes;
    std::size_t m_refBytes;
    std::uint32_t m_distinct;
    std::vector<AlignmentOp> m_backwards;
};

std::vector<AlignmentOp> align(std::string_view hypothesis, std::string_view reference,
                               std::vector<TextSpan> (*cut)(std::string_view)) {
    std::vector<TextSpan> hypSpans = cut(hypothesis);
    std::vector<TextSpan> refSpans = cut(reference);
    UnitNumbers numbers(hypSpans.size() + refSpans.size());
    const Units ref = numbers.number(reference, std::move(refSpans));
    const std::uint32_t distinct = numbers.count();
    const Units hyp = numbers.number(hypothesis, std::move(hypSpans));
    return Aligner(hyp, ref, hypothesis.size(), reference.size(), distinct).run();
}

std::vector<TextSpan> characters(std::string_view text) {
    const std::string_view inner = strip(text);
    std::vector<TextSpan> spans;
    std::size_t at = inner.empty() ? 0 : static_cast<std::size_t>(inner.data() - text.data());
    const std::size_t end = at + inner.size();
    spans.reserve(inner.size());
    while (at < end) {
        const std::size_t length = decodeUtf8(text, at).length;
        spans.push_back({at, at + length});
        at += length;
    }
    return spans;
}

} // namespace

std::vector<TextSpan> alignmentWords(std::string_view text) {
    std::vector<TextSpan> words;
    const std::string_view inner = strip(text);
    const std::size_t offset =
        inner.empty() ? 0 : static_cast<std::size_t>(inner.data() - text.data());
    std::size_t begin = 0;
    for (std::size_t at = 0; at < inner.size();) {
        const CodePoint point = decodeUtf8(inner, at);
        if (!isPythonSpace(point.value)) {
            at += point.length;
            continue;
        }
        std::size_t end = at + point.length;
        bool separates = point.value == U' ';
        while (end < inner.size() && isPythonSpace(decodeUtf8(inner, end).value)) {
            end += decodeUtf8(inner, end).length;
            separates = true;
        }
        if (separates) {
            words.push_back({offset + begin, offset + at});
            begin = end;
        }
        at = end;
    }
    if (begin < inner.size())
        words.push_back({offset + begin, offset + inner.size()});
    return words;
}

EditCounts& EditCounts::operator+=(const EditCounts& other) {
    hits += other.hits;
    substitutions += other.substitutions;
    deletions += other.deletions;
    insertions += other.insertions;
    return *this;
}

std::vector<AlignmentOp> alignWords(std::string_view hypothesis, std::string_view reference) {
    return align(hypothesis, reference, alignmentWords);
}

std::vector<AlignmentOp> alignCharacters(std::string_view hypothesis, std::string_view reference) {
    return align(hypothesis, reference, characters);
}

EditCounts countEdits(const std::vector<AlignmentOp>& ops) {
    EditCounts counts;
    for (const AlignmentOp& op : ops) {
        switch (op.kind) {
        case AlignmentKind::Equal:
            ++counts.hits;
            break;
        case AlignmentKind::Substitute:
            ++counts.substitutions;
            break;
        case AlignmentKind::Delete:
            ++counts.deletions;
            break;
        case AlignmentKind::Insert:
            ++counts.insertions;
            break;
        }
    }
    return counts;
}

} // namespace viva
