// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/text/alignment.h"

#include "core/text/edit_walk.h"
#include "core/text/unicode.h"
#include "core/text/utf8.h"

#include <algorithm>
#include <array>
#include <bit>
#include <functional>

namespace viva {
namespace {

using edit_walk::findAlignment;
using edit_walk::Ids;

struct Units {
    std::vector<TextSpan> spans;
    Ids ids;
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

/// Keeps the steps with their places in the texts.
class SpanSteps {
public:
    SpanSteps(const Units& hyp, const Units& ref, std::size_t hypBytes, std::size_t refBytes)
        : m_hyp(hyp), m_ref(ref), m_hypBytes(hypBytes), m_refBytes(refBytes) {
        m_ops.reserve(std::max(hyp.ids.size(), ref.ids.size()) + 8);
    }

    void front(std::size_t hyp, std::size_t ref) {
        m_ops.push_back({AlignmentKind::Equal, m_hyp.spans[hyp], m_ref.spans[ref]});
    }
    void back(AlignmentKind kind, std::size_t hyp, std::size_t ref) {
        const bool deleted = kind == AlignmentKind::Delete;
        const bool inserted = kind == AlignmentKind::Insert;
        m_backwards.push_back({kind, deleted ? gap(m_hyp, hyp, m_hypBytes) : m_hyp.spans[hyp],
                               inserted ? gap(m_ref, ref, m_refBytes) : m_ref.spans[ref]});
    }
    std::vector<AlignmentOp> take() {
        m_ops.insert(m_ops.end(), m_backwards.rbegin(), m_backwards.rend());
        return std::move(m_ops);
    }

private:
    /// An empty span in front of unit `at`, or at the end of the text.
    static TextSpan gap(const Units& units, std::size_t at, std::size_t bytes) {
        const std::size_t place = at < units.spans.size() ? units.spans[at].begin : bytes;
        return {place, place};
    }

    const Units& m_hyp;
    const Units& m_ref;
    std::size_t m_hypBytes;
    std::size_t m_refBytes;
    std::vector<AlignmentOp> m_ops;
    std::vector<AlignmentOp> m_backwards;
};

/// Only counts the steps.
struct CountedSteps {
    EditCounts counts;

    void front(std::size_t /*hyp*/, std::size_t /*ref*/) { ++counts.hits; }
    void back(AlignmentKind kind, std::size_t /*hyp*/, std::size_t /*ref*/) {
        counts.hits += kind == AlignmentKind::Equal;
        counts.substitutions += kind == AlignmentKind::Substitute;
        counts.deletions += kind == AlignmentKind::Delete;
        counts.insertions += kind == AlignmentKind::Insert;
    }
};

/// Both texts cut into units, and the units numbered.
struct NumberedTexts {
    Units hypothesis;
    Units reference;
    std::uint32_t distinct = 0; ///< different units of the reference
};

NumberedTexts numbered(std::string_view hypothesis, std::string_view reference,
                       std::vector<TextSpan> (*cut)(std::string_view)) {
    std::vector<TextSpan> hypSpans = cut(hypothesis);
    std::vector<TextSpan> refSpans = cut(reference);
    UnitNumbers numbers(hypSpans.size() + refSpans.size());
    NumberedTexts out;
    out.reference = numbers.number(reference, std::move(refSpans));
    out.distinct = numbers.count();
    out.hypothesis = numbers.number(hypothesis, std::move(hypSpans));
    return out;
}

std::vector<AlignmentOp> align(std::string_view hypothesis, std::string_view reference,
                               std::vector<TextSpan> (*cut)(std::string_view)) {
    const NumberedTexts texts = numbered(hypothesis, reference, cut);
    SpanSteps steps(texts.hypothesis, texts.reference, hypothesis.size(), reference.size());
    findAlignment(texts.hypothesis.ids, texts.reference.ids, texts.distinct, steps);
    return steps.take();
}

/// The code points of a stripped text; ill-formed parts as their bytes, away from all others.
Ids characterIds(std::string_view text) {
    constexpr std::uint32_t kIllFormed = 0x80000000U;
    const std::string_view inner = strip(text);
    Ids ids;
    ids.reserve(inner.size());
    for (std::size_t at = 0; at < inner.size();) {
        const auto byte = static_cast<unsigned char>(inner[at]);
        if (byte < 0x80) {
            ids.push_back(byte);
            ++at;
            continue;
        }
        const CodePoint point = decodeUtf8(inner, at);
        std::uint32_t id = point.value;
        if (!point.valid) {
            id = kIllFormed;
            for (std::size_t i = 0; i < point.length; ++i)
                id |= static_cast<std::uint32_t>(static_cast<unsigned char>(inner[at + i]))
                      << (8 * i);
        }
        ids.push_back(id);
        at += point.length;
    }
    return ids;
}

/// Numbers from 0 on in place of code points, those of the reference first. Returns how many the
/// reference has.
std::size_t renumber(Ids& ref, Ids& hyp) {
    constexpr std::uint32_t kAscii = 128;
    const auto isAscii = [](std::uint32_t id) { return id < kAscii; };
    if (std::all_of(ref.begin(), ref.end(), isAscii))
        return kAscii; // what else the hypothesis has is beyond, and equal to nothing
    Ids known(ref);
    std::sort(known.begin(), known.end());
    known.erase(std::unique(known.begin(), known.end()), known.end());
    const auto count = static_cast<std::uint32_t>(known.size());
    for (Ids* ids : {&ref, &hyp})
        for (std::uint32_t& id : *ids) {
            const auto place = std::lower_bound(known.begin(), known.end(), id);
            id = place != known.end() && *place == id
                     ? static_cast<std::uint32_t>(place - known.begin())
                     : count;
        }
    return count;
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
        if (const auto byte = static_cast<unsigned char>(inner[at]); byte > ' ' && byte < 0x80) {
            ++at; // no white space, and the usual case
            continue;
        }
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

EditCounts countWordEdits(std::string_view hypothesis, std::string_view reference) {
    const NumberedTexts texts = numbered(hypothesis, reference, alignmentWords);
    CountedSteps steps;
    findAlignment(texts.hypothesis.ids, texts.reference.ids, texts.distinct, steps);
    return steps.counts;
}

EditCounts countCharacterEdits(std::string_view hypothesis, std::string_view reference) {
    Ids hyp = characterIds(hypothesis);
    Ids ref = characterIds(reference);
    const std::size_t distinct = renumber(ref, hyp);
    CountedSteps steps;
    findAlignment(hyp, ref, distinct, steps);
    return steps.counts;
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
