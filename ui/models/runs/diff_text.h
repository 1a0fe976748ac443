// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <string>
#include <vector>

namespace viva {

/// How a stretch of an answer stands to the reference.
enum class DiffKind {
    Equal,
    Extra,   ///< in the answer, not in the reference
    Missing, ///< in the reference, not in the answer
    Changed, ///< the answer's word where the reference has another one
    Wanted   ///< that other word
};

struct DiffPiece {
    QString text; ///< without surrounding space
    DiffKind kind = DiffKind::Equal;
};

/// An answer against the nearest of its references, as words to draw. Without references everything
/// is Equal.
[[nodiscard]] std::vector<DiffPiece> diffAgainst(const std::string& answer,
                                                 const std::vector<std::string>& references);

/// The same in words, for screen readers: "missing: kitchen; extra: garden".
[[nodiscard]] QString diffInWords(const std::vector<DiffPiece>& pieces);

} // namespace viva
