// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/text/text_span.h"

#include <cstdint>
#include <string_view>
#include <vector>

namespace viva {

enum class AlignmentKind {
    Equal,
    Substitute,
    Delete, ///< in the reference, missing in the hypothesis
    Insert  ///< in the hypothesis, not in the reference
};

/// One step of an alignment. The span of the side that lacks the unit is empty and stands where it
/// would be.
struct AlignmentOp {
    AlignmentKind kind = AlignmentKind::Equal;
    TextSpan hypothesis; ///< bytes of the hypothesis
    TextSpan reference;  ///< bytes of the reference
};

/// How often each kind occurs.
struct EditCounts {
    std::int64_t hits = 0;
    std::int64_t substitutions = 0;
    std::int64_t deletions = 0;
    std::int64_t insertions = 0;

    [[nodiscard]] std::int64_t errors() const { return substitutions + deletions + insertions; }
    [[nodiscard]] std::int64_t referenceLength() const { return hits + substitutions + deletions; }
    EditCounts& operator+=(const EditCounts& other);
    bool operator==(const EditCounts&) const = default;
};

/// The shortest alignment of words (Levenshtein). Words end at a space or at two or more
/// white-space characters; a lone tab or line break joins them, as in jiwer. Of equally short
/// alignments: common beginning and end first, then from the end backwards deletion, insertion,
/// match or substitution.
/// @throws Error(InvalidArgument) when the two texts are too long to be aligned in memory.
/// @source jiwer 4.0 process_words, rapidfuzz 3.14 editops
[[nodiscard]] std::vector<AlignmentOp> alignWords(std::string_view hypothesis,
                                                  std::string_view reference);
/// The same over characters of the stripped texts. @source jiwer 4.0 process_characters
[[nodiscard]] std::vector<AlignmentOp> alignCharacters(std::string_view hypothesis,
                                                       std::string_view reference);

[[nodiscard]] EditCounts countEdits(const std::vector<AlignmentOp>& ops);
/// countEdits(alignWords(...)) without the alignment: faster.
[[nodiscard]] EditCounts countWordEdits(std::string_view hypothesis, std::string_view reference);
/// countEdits(alignCharacters(...)) without the alignment: faster.
[[nodiscard]] EditCounts countCharacterEdits(std::string_view hypothesis,
                                             std::string_view reference);

/// The words of a text as alignWords sees them.
[[nodiscard]] std::vector<TextSpan> alignmentWords(std::string_view text);

} // namespace viva
