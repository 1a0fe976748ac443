// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/rewards/metrics/ter.h"

#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace viva {
namespace {

// Tercom's limits, which decide ties and long texts.
constexpr int kMaxShiftSize = 10;
constexpr int kMaxShiftDistance = 50;
constexpr int kBeamWidth = 25;
constexpr int kMaxCandidates = 1000;
constexpr int kFar = 1 << 28;

using Words = std::vector<std::uint32_t>;

enum class Op : std::uint8_t { Insert, Delete, Keep, Substitute, Undefined };

struct Cell {
    int cost = kFar;
    Op op = Op::Undefined;
};

/// What the edits say of positions. Here "hypothesis" is the text that is moved about.
struct Alignment {
    std::vector<int> hypothesisOf;  ///< for each word of the reference
    std::vector<bool> referenceBad; ///< the word is substituted or missing
    std::vector<bool> hypothesisBad;
};

/// Edit distance within a beam around the diagonal, row by row of the hypothesis; rows of a common
/// beginning with the last traced hypothesis are kept.
class BeamDistance {
public:
    explicit BeamDistance(const Words& reference, std::size_t hypothesisLength)
        : m_reference(reference), m_rows(hypothesisLength), m_columns(reference.size() + 1),
          m_cells((hypothesisLength + 1) * m_columns), m_trial(m_cells.size()) {
        const double ratio = hypothesisLength > 0 ? static_cast<double>(reference.size()) /
                                                        static_cast<double>(hypothesisLength)
                                                  : 1.0;
        m_ratio = ratio;
        m_beam = kBeamWidth < ratio / 2 ? static_cast<int>(std::ceil(ratio / 2 + kBeamWidth))
                                        : kBeamWidth;
        for (std::size_t j = 0; j < m_columns; ++j)
            m_cells[j] = {static_cast<int>(j), Op::Insert};
        std::copy_n(m_cells.begin(), m_columns, m_trial.begin());
    }

    /// Fills the table for `words` and keeps it.
    int settle(const Words& words) {
        fill(m_cells, words, 0);
        m_settled = words;
        return m_cells.back().cost;
    }
    /// The distance alone.
    int distance(const Words& words) {
        std::size_t same = 0;
        while (same < m_rows && words[same] == m_settled[same])
            ++same;
        if (same == m_rows)
            return m_cells.back().cost;
        std::copy_n(row(m_cells, same), m_columns, row(m_trial, same));
        fill(m_trial, words, same);
        return m_trial.back().cost;
    }
    /// Of the settled words.
    [[nodiscard]] Alignment alignment() const;

private:
    using Cells = std::vector<Cell>;
    [[nodiscard]] Cells::iterator row(Cells& cells, std::size_t i) const {
        return cells.begin() + static_cast<std::ptrdiff_t>(i * m_columns);
    }

    void fill(Cells& cells, const Words& words, std::size_t from) const {
        for (std::size_t i = from + 1; i <= m_rows; ++i) {
            const auto current = row(cells, i);
            const auto above = row(cells, i - 1);
            std::fill_n(current, m_columns, Cell{});
            const int diagonal = static_cast<int>(std::floor(static_cast<double>(i) * m_ratio));
            const auto columns = static_cast<int>(m_columns);
            const int end = i == m_rows ? columns : std::min(columns, diagonal + m_beam);
            for (int j = std::max(0, diagonal - m_beam); j < end; ++j)
                current[j] = best(above, current, j, words[i - 1]);
        }
    }
    [[nodiscard]] Cell best(Cells::const_iterator above, Cells::const_iterator current, int j,
                            std::uint32_t word) const {
        if (j == 0)
            return {above[0].cost + 1, Op::Delete};
        const bool same = word == m_reference[static_cast<std::size_t>(j - 1)];
        Cell cell{above[j - 1].cost + (same ? 0 : 1), same ? Op::Keep : Op::Substitute};
        if (cell.cost >= kFar)
            cell = Cell{};
        if (above[j].cost + 1 < cell.cost)
            cell = {above[j].cost + 1, Op::Delete};
        if (current[j - 1].cost + 1 < cell.cost)
            cell = {current[j - 1].cost + 1, Op::Insert};
        return cell;
    }

    const Words& m_reference;
    std::size_t m_rows;
    std::size_t m_columns;
    double m_ratio = 1.0;
    int m_beam = kBeamWidth;
    Cells m_cells;
    Cells m_trial;
    Words m_settled;
};

Alignment BeamDistance::alignment() const {
    std::vector<Op> trace;
    for (std::size_t i = m_rows, j = m_columns - 1; i > 0 || j > 0;) {
        const Op op = m_cells[i * m_columns + j].op;
        VIVA_ASSERT(op != Op::Undefined); // the beam always joins the corners
        trace.push_back(op);
        i -= op == Op::Insert ? 0 : 1;
        j -= op == Op::Delete ? 0 : 1;
    }
    Alignment out;
    int hypothesis = -1;
    for (auto op = trace.rbegin(); op != trace.rend(); ++op) {
        const bool bad = *op != Op::Keep;
        if (*op != Op::Insert) {
            ++hypothesis;
            out.hypothesisBad.push_back(bad);
        }
        if (*op != Op::Delete) {
            out.hypothesisOf.push_back(hypothesis);
            out.referenceBad.push_back(bad);
        }
    }
    return out;
}

/// A block of words that both texts have, not at the same place.
struct Block {
    int hypothesis = 0;
    int reference = 0;
    int length = 0;
};

struct Shift {
    int gain = 0;
    int length = 0;
    int start = 0;
    int target = 0;
    Words words;

    [[nodiscard]] bool betterThan(const Shift& other) const {
        // longest, then earliest block, then earliest target; then the words themselves
        return std::tuple(gain, length, -start, -target) >
               std::tuple(other.gain, other.length, -other.start, -other.target);
    }
};

Words moved(const Words& words, int start, int length, int target) {
    Words out;
    out.reserve(words.size());
    const auto add = [&](int from, int to) {
        const auto size = static_cast<int>(words.size());
        for (int i = std::min(from, size); i < std::min(to, size); ++i)
            out.push_back(words[static_cast<std::size_t>(i)]);
    };
    const auto size = static_cast<int>(words.size());
    if (target < start) {
        add(0, target);
        add(start, start + length);
        add(target, start);
        add(start + length, size);
    } else if (target > start + length) {
        add(0, start);
        add(start + length, target);
        add(start, start + length);
        add(target, size);
    } else {
        add(0, start);
        add(start + length, length + target);
        add(start, start + length);
        add(length + target, size);
    }
    return out;
}

/// One search for the move that saves most.
class ShiftSearch {
public:
    ShiftSearch(const Words& hypothesis, const Words& reference, BeamDistance& distance,
                int& checked)
        : m_hyp(hypothesis), m_ref(reference), m_distance(distance), m_checked(checked) {}

    std::optional<Shift> run() {
        m_before = m_distance.settle(m_hyp);
        m_alignment = m_distance.alignment();
        const auto hypothesisLength = static_cast<int>(m_hyp.size());
        const auto referenceLength = static_cast<int>(m_ref.size());
        for (int h = 0; h < hypothesisLength; ++h)
            for (int r = 0; r < referenceLength; ++r) {
                if (std::abs(r - h) > kMaxShiftDistance)
                    continue;
                const int most =
                    std::min({kMaxShiftSize, hypothesisLength - h, referenceLength - r});
                for (int length = 1; length <= most && same(h, r, length - 1); ++length)
                    if (!tryBlock({h, r, length}))
                        return m_best;
            }
        return m_best;
    }

private:
    [[nodiscard]] bool same(int h, int r, int offset) const {
        return m_hyp[static_cast<std::size_t>(h + offset)] ==
               m_ref[static_cast<std::size_t>(r + offset)];
    }
    static bool anyBad(const std::vector<bool>& bad, int start, int length) {
        const auto first = bad.begin() + start;
        return std::find(first, first + length, true) != first + length;
    }

    /// False when enough candidates were looked at.
    bool tryBlock(const Block& block) {
        const int there = m_alignment.hypothesisOf[static_cast<std::size_t>(block.reference)];
        if (!anyBad(m_alignment.hypothesisBad, block.hypothesis, block.length) ||
            !anyBad(m_alignment.referenceBad, block.reference, block.length) ||
            (block.hypothesis <= there && there < block.hypothesis + block.length))
            return true;
        int previous = -1;
        for (int offset = -1; offset < block.length; ++offset) {
            const int at = block.reference + offset;
            if (at >= static_cast<int>(m_ref.size()))
                break;
            const int target =
                at == -1 ? 0 : m_alignment.hypothesisOf[static_cast<std::size_t>(at)] + 1;
            if (target == previous)
                continue;
            previous = target;
            consider(block, target);
        }
        return m_checked < kMaxCandidates;
    }
    void consider(const Block& block, int target) {
        Shift shift;
        shift.length = block.length;
        shift.start = block.hypothesis;
        shift.target = target;
        shift.words = moved(m_hyp, block.hypothesis, block.length, target);
        shift.gain = m_before - m_distance.distance(shift.words);
        ++m_checked;
        if (!m_best || shift.betterThan(*m_best))
            m_best = std::move(shift);
    }

    const Words& m_hyp;
    const Words& m_ref;
    BeamDistance& m_distance;
    int& m_checked;
    int m_before = 0;
    Alignment m_alignment;
    std::optional<Shift> m_best;
};

} // namespace

TerEdits terEdits(std::span<const std::string> hypothesis, std::span<const std::string> reference) {
    TerEdits out;
    if (reference.empty()) {
        out.rest = static_cast<std::int64_t>(hypothesis.size());
        return out;
    }
    std::unordered_map<std::string_view, std::uint32_t> numbers;
    const auto numbered = [&numbers](std::span<const std::string> words) {
        Words ids;
        for (const std::string& word : words)
            ids.push_back(numbers.try_emplace(word, static_cast<std::uint32_t>(numbers.size()))
                              .first->second);
        return ids;
    };
    Words words = numbered(hypothesis);
    const Words wanted = numbered(reference);
    BeamDistance distance(wanted, words.size());
    int checked = 0;
    while (true) {
        const auto shift = ShiftSearch(words, wanted, distance, checked).run();
        if (checked >= kMaxCandidates || !shift || shift->gain <= 0)
            break;
        ++out.moves;
        words = shift->words;
    }
    out.rest = distance.settle(words);
    return out;
}

} // namespace viva
