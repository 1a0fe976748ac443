// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/models/runs/diff_text.h"

#include "core/text/alignment.h"

#include <QStringList>

namespace viva {
namespace {

QString cut(const std::string& text, const TextSpan& span) {
    return QString::fromUtf8(text.data() + span.begin,
                             static_cast<qsizetype>(span.end - span.begin));
}

void append(std::vector<DiffPiece>& pieces, const QString& text, DiffKind kind) {
    if (text.isEmpty())
        return;
    if (!pieces.empty() && pieces.back().kind == kind)
        pieces.back().text += u' ' + text;
    else
        pieces.push_back({text, kind});
}

} // namespace

std::vector<DiffPiece> diffAgainst(const std::string& answer,
                                   const std::vector<std::string>& references) {
    if (references.empty())
        return {{QString::fromStdString(answer), DiffKind::Equal}};
    std::vector<AlignmentOp> best;
    const std::string* nearest = nullptr;
    std::int64_t fewest = 0;
    for (const std::string& reference : references) {
        std::vector<AlignmentOp> ops = alignWords(answer, reference);
        const std::int64_t errors = countEdits(ops).errors();
        if (!nearest || errors < fewest) {
            nearest = &reference;
            fewest = errors;
            best = std::move(ops);
        }
    }
    std::vector<DiffPiece> pieces;
    for (const AlignmentOp& op : best) {
        switch (op.kind) {
        case AlignmentKind::Equal:
            append(pieces, cut(answer, op.hypothesis), DiffKind::Equal);
            break;
        case AlignmentKind::Insert:
            append(pieces, cut(answer, op.hypothesis), DiffKind::Extra);
            break;
        case AlignmentKind::Delete:
            append(pieces, cut(*nearest, op.reference), DiffKind::Missing);
            break;
        case AlignmentKind::Substitute:
            append(pieces, cut(answer, op.hypothesis), DiffKind::Changed);
            append(pieces, cut(*nearest, op.reference), DiffKind::Wanted);
            break;
        }
    }
    return pieces;
}

QString diffInWords(const std::vector<DiffPiece>& pieces) {
    QStringList parts;
    for (const DiffPiece& piece : pieces) {
        switch (piece.kind) {
        case DiffKind::Equal:
            break;
        case DiffKind::Extra:
            parts << QObject::tr("extra: %1").arg(piece.text);
            break;
        case DiffKind::Missing:
            parts << QObject::tr("missing: %1").arg(piece.text);
            break;
        case DiffKind::Changed:
            parts << QObject::tr("says %1").arg(piece.text);
            break;
        case DiffKind::Wanted:
            parts << QObject::tr("instead of %1").arg(piece.text);
            break;
        }
    }
    return parts.isEmpty() ? QObject::tr("word for word as the reference") : parts.join(u"; ");
}

} // namespace viva
