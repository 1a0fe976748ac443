// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QPlainTextEdit>

namespace viva {

/// A line that says when something was typed into it to stay: on leaving it, by Enter. Escape
/// brings back what was there. Ctrl+Z goes to the page when the line itself has nothing to undo.
class LineField : public QLineEdit {
    Q_OBJECT

public:
    explicit LineField(QWidget* parent = nullptr);

    /// What it holds now counts as kept. Typed text that was not kept yet stays.
    void setKept(const QString& text);
    [[nodiscard]] const QString& kept() const { return m_kept; }
    [[nodiscard]] bool isDirty() const { return text() != m_kept; }

signals:
    void committed();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    QString m_kept;
};

/// The same for a text of several lines; as high as its text, up to a few lines. Tab leaves it.
class TextField : public QPlainTextEdit {
    Q_OBJECT

public:
    explicit TextField(QWidget* parent = nullptr);

    void setKept(const QString& text);
    [[nodiscard]] const QString& kept() const { return m_kept; }
    [[nodiscard]] QString text() const { return toPlainText(); }
    [[nodiscard]] bool isDirty() const { return text() != m_kept; }
    /// Enter makes a new line instead of keeping the text.
    void setManyLines(bool many) { m_manyLines = many; }

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

signals:
    void committed();

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitHeight();

    QString m_kept;
    int m_lines = 1;
    bool m_fitting = false;
    bool m_manyLines = false;
};

/// A line with a list of values to choose from.
class ChoiceField : public QComboBox {
    Q_OBJECT

public:
    explicit ChoiceField(QWidget* parent = nullptr);

    void setChoices(const QStringList& values);
    void setKept(const QString& text);
    [[nodiscard]] const QString& kept() const { return m_kept; }
    [[nodiscard]] bool isDirty() const { return currentText() != m_kept; }

signals:
    void committed();

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    QString m_kept;
};

/// Marks a field as wrong; the style sheet draws it.
void setProblem(QWidget* field, bool wrong);

} // namespace viva
