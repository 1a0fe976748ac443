// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/diff_layout.h"

#include <QTextCharFormat>

namespace viva {
namespace {

QTextCharFormat formatOf(DiffKind kind, const ThemeColors& colors) {
    QTextCharFormat format;
    format.setForeground(colors.text);
    switch (kind) {
    case DiffKind::Equal:
        break;
    case DiffKind::Extra:
    case DiffKind::Changed:
        format.setForeground(colors.down);
        format.setUnderlineStyle(QTextCharFormat::SingleUnderline);
        format.setFontWeight(QFont::DemiBold);
        break;
    case DiffKind::Missing:
    case DiffKind::Wanted:
        format.setForeground(colors.textMuted);
        format.setFontStrikeOut(true);
        break;
    }
    return format;
}

} // namespace

std::unique_ptr<QTextLayout> layoutDiff(const std::vector<DiffPiece>& pieces, const QFont& font,
                                        const ThemeColors& colors, qreal width) {
    QString text;
    QList<QTextLayout::FormatRange> ranges;
    for (const DiffPiece& piece : pieces) {
        if (!text.isEmpty())
            text += u' ';
        QTextLayout::FormatRange range;
        range.start = static_cast<int>(text.size());
        range.length = static_cast<int>(piece.text.size());
        range.format = formatOf(piece.kind, colors);
        ranges.push_back(range);
        text += piece.text;
    }
    auto layout = std::make_unique<QTextLayout>(text, font);
    layout->setFormats(ranges);
    layout->setCacheEnabled(true);
    layout->beginLayout();
    qreal y = 0;
    for (QTextLine line = layout->createLine(); line.isValid(); line = layout->createLine()) {
        line.setLineWidth(width);
        line.setPosition({0, y});
        y += line.height() + 2;
    }
    layout->endLayout();
    return layout;
}

qreal heightOf(const QTextLayout& layout) {
    if (layout.lineCount() == 0)
        return 0;
    const QTextLine last = layout.lineAt(layout.lineCount() - 1);
    return last.y() + last.height();
}

} // namespace viva
