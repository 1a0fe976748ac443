// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/alignment.h"

#include "core/base/error.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

namespace viva {
namespace {

// Two bits a cell: a quarter of this in bytes.
constexpr std::size_t kMostCells = std::size_t{1} << 31;

struct Units {
    std::vector<TextSpan> spans;
    std::vector<std::uint32_t> ids;
};

/// Equal units get equal numbers over both texts.
class UnitNumbers {
public:
    Units number(std::string_view text, std::vector<TextSpan> spans) {
        Units units;
        units.ids.reserve(spans.size());
        for (const TextSpan& span : spans)
            units.ids.push_back(
                m_numbers.try_emplace(span.of(text), static_cast<std::uint32_t>(m_numbers.size()))
                    .first->second);
        units.spans = std::move(spans);
        return units;
    }

private:
    std::unordered_map<std::string_view, std::uint32_t> m_numbers;
};

/// Which cells of the distance table are one more, or one less, than their left neighbour
/// (rows: hypothesis, columns: reference).
class DeltaTable {
public:
    DeltaTable(std::size_t rows, std::size_t columns)
        : m_columns(columns), m_more(rows * columns), m_less(rows * columns) {}
    void set(std::size_t row, std::size_t column, int delta) {
        m_more[row * m_columns + column] = delta == 1;
        m_less[row * m_columns + column] = delta == -1;
    }
    [[nodiscard]] bool more(std::size_t row, std::size_t column) const {
        return m_more[row * m_columns + column];
    }
    [[nodiscard]] bool less(std::size_t row, std::size_t column) const {
        return m_less[row * m_columns + column];
    }

private:
    std::size_t m_columns;
    std::vector<bool> m_more;
    std::vector<bool> m_less;
};

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    [[nodiscard]] std::size_t size() const { return end - begin; }
};

DeltaTable fillTable(const Units& hyp, Range h, const Units& ref, Range r) {
    if (r.size() > 0 && h.size() > kMostCells / r.size())
        throw Error(ErrorCode::InvalidArgument,
                    fmt::format("align: {} against {} units are too many to align; compare shorter "
                                "texts",
                                h.size(), r.size()));
    DeltaTable table(h.size() + 1, r.size() + 1);
    std::vector<int> row(r.size() + 1);
    for (std::size_t j = 0; j <= r.size(); ++j) {
        row[j] = static_cast<int>(j);
        table.set(0, j, 1);
    }
    for (std::size_t i = 1; i <= h.size(); ++i) {
        int diagonal = row[0];
        row[0] = static_cast<int>(i);
        for (std::size_t j = 1; j <= r.size(); ++j) {
            const int up = row[j];
            const int change = hyp.ids[h.begin + i - 1] == ref.ids[r.begin + j - 1] ? 0 : 1;
            row[j] = std::min({diagonal + change, up + 1, row[j - 1] + 1});
            table.set(i, j, row[j] - row[j - 1]);
            diagonal = up;
        }
    }
    return table;
}

class Aligner {
public:
    Aligner(const Units& hyp, const Units& ref, std::size_t hypBytes, std::size_t refBytes)
        : m_hyp(hyp), m_ref(ref), m_hypBytes(hypBytes), m_refBytes(refBytes) {}

    std::vector<AlignmentOp> run() {
        Range h{0, m_hyp.ids.size()};
        Range r{0, m_ref.ids.size()};
        std::vector<AlignmentOp> head;
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
        const DeltaTable table = fillTable(m_hyp, h, m_ref, r);
        std::size_t i = h.size();
        std::size_t j = r.size();
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
        while (j > 0)
            addDeletion(h.begin + i, r.begin + --j);
        while (i > 0)
            addInsertion(h.begin + --i, r.begin + j);
    }

    const Units& m_hyp;
    const Units& m_ref;
    std::size_t m_hypBytes;
    std::size_t m_refBytes;
    std::vector<AlignmentOp> m_backwards;
};

std::vector<AlignmentOp> align(std::string_view hypothesis, std::string_view reference,
                               std::vector<TextSpan> (*cut)(std::string_view)) {
    UnitNumbers numbers;
    const Units hyp = numbers.number(hypothesis, cut(hypothesis));
    const Units ref = numbers.number(reference, cut(reference));
    return Aligner(hyp, ref, hypothesis.size(), reference.size()).run();
}

std::vector<TextSpan> characters(std::string_view text) {
    const std::string_view inner = strip(text);
    std::vector<TextSpan> spans;
    std::size_t at = inner.empty() ? 0 : static_cast<std::size_t>(inner.data() - text.data());
    const std::size_t end = at + inner.size();
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
