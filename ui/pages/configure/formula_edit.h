// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

namespace viva {

/// The formula of a reward of one's own, checked as it is typed: what is wrong is underlined at its
/// place.
class FormulaEdit : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit FormulaEdit(QWidget* parent = nullptr);

    [[nodiscard]] QString formula() const;
    void setFormula(const QString& text);
    /// Marks what is wrong and says it in a sentence; empty when nothing is. `scores` are the
    /// further names that the formula may use.
    QString check(const QStringList& scores);

signals:
    void formulaChanged();
};

} // namespace viva
