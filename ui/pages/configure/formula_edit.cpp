// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/formula_edit.h"

#include "core/rewards/expression/expression_reward.h"
#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"

#include <QTextBlock>

#include <algorithm>

namespace viva {

namespace {

/// Where a byte of the UTF-8 text stands among Qt's UTF-16 units.
int unitAt(const QByteArray& bytes, std::size_t byte) {
    const auto count = std::min(static_cast<qsizetype>(byte), bytes.size());
    return static_cast<int>(QString::fromUtf8(bytes.constData(), count).size());
}

} // namespace

FormulaEdit::FormulaEdit(QWidget* parent) : QPlainTextEdit(parent) {
    setProperty("look", "formula");
    setFont(monospaceFont());
    setTabChangesFocus(true);
    setAccessibleName(tr("Formula of the reward"));
    setPlaceholderText(tr("0.8*bleu + 0.2*(words <= 20)"));
    setToolTip(tr(
        "<qt>Scores by their names (bleu, wer, rougeL \u2026), words, characters, tokens, lines, "
        "reference_words \u2026; + - * / ^, comparisons, and or not, a ? b : c, min max abs "
        "sqrt exp log floor ceil round pow clamp, count(\"regular expression\"), "
        "matches(\"\u2026\"). The value is brought into 0 to 1.</qt>"));
    const int line = QFontMetrics(textFont(TextSize::Body)).lineSpacing();
    setFixedHeight(2 * line + 2 * kGrid + 6);
    connect(this, &QPlainTextEdit::textChanged, this, &FormulaEdit::formulaChanged);
}

QString FormulaEdit::formula() const {
    return toPlainText();
}

void FormulaEdit::setFormula(const QString& text) {
    if (text != toPlainText())
        setPlainText(text);
    setExtraSelections({});
}

QString FormulaEdit::check(const QStringList& scores) {
    std::vector<std::string> names;
    for (const QString& score : scores)
        names.push_back(score.toStdString());
    const QByteArray bytes = toPlainText().toUtf8();
    const auto problem =
        checkRewardExpression({bytes.constData(), static_cast<std::size_t>(bytes.size())}, names);
    if (!problem) {
        setExtraSelections({});
        return {};
    }
    const int length = static_cast<int>(toPlainText().size());
    const int from = std::min(unitAt(bytes, problem->begin), std::max(0, length - 1));
    const int to = std::min(std::max(unitAt(bytes, problem->end), from + 1), length);
    QTextEdit::ExtraSelection mark;
    const ThemeColors& colors = colorsFor(palette());
    mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
    mark.format.setUnderlineColor(colors.errorText);
    mark.format.setBackground(colors.errorBack);
    mark.cursor = textCursor();
    mark.cursor.setPosition(from);
    mark.cursor.setPosition(to, QTextCursor::KeepAnchor);
    setExtraSelections({mark});
    return tr("Formula, character %1: %2")
        .arg(unitAt(bytes, problem->begin) + 1)
        .arg(QString::fromStdString(problem->message));
}

} // namespace viva
