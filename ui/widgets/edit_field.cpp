// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/edit_field.h"

#include <QAbstractTextDocumentLayout>
#include <QKeyEvent>
#include <QSignalBlocker>
#include <QStyle>
#include <QTextBlock>
#include <QTextDocument>
#include <QTextLayout>

#include <algorithm>
#include <cmath>

namespace viva {
namespace {

constexpr int kMostLines = 6;
constexpr int kRoom = 2; ///< so that a line of text is as high as a line to type in

/// Lets undo and redo pass to the page where the field has none of its own.
bool passesOn(QEvent* event, bool canUndo, bool canRedo) {
    if (event->type() != QEvent::ShortcutOverride)
        return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    return (key->matches(QKeySequence::Undo) && !canUndo) ||
           (key->matches(QKeySequence::Redo) && !canRedo);
}

bool isEnter(const QKeyEvent* event) {
    return event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
}

} // namespace

void setProblem(QWidget* field, bool wrong) {
    if (field->property("problem").toBool() == wrong)
        return;
    field->setProperty("problem", wrong);
    field->style()->unpolish(field);
    field->style()->polish(field);
}

LineField::LineField(QWidget* parent) : QLineEdit(parent) {
    connect(this, &QLineEdit::editingFinished, this, [this] {
        if (isDirty())
            emit committed();
    });
}

void LineField::setKept(const QString& text) {
    const bool typed = isDirty() && this->text() != text;
    m_kept = text;
    // Equal text is set again too: that forgets the line's own undo steps.
    if (!typed && (this->text() != text || !hasFocus()))
        setText(text);
}

bool LineField::event(QEvent* event) {
    if (passesOn(event, isUndoAvailable() && isDirty(), isRedoAvailable() && isDirty())) {
        event->ignore();
        return true;
    }
    return QLineEdit::event(event);
}

void LineField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && isDirty()) {
        setText(m_kept);
        return;
    }
    QLineEdit::keyPressEvent(event);
}

TextField::TextField(QWidget* parent) : QPlainTextEdit(parent) {
    setTabChangesFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    document()->setDocumentMargin(1);
    // A text that is set anew is laid out when somebody asks, and only then is its size another.
    connect(this, &QPlainTextEdit::textChanged, this, &TextField::fitHeight);
    connect(document()->documentLayout(), &QAbstractTextDocumentLayout::documentSizeChanged, this,
            &TextField::fitHeight);
}

void TextField::setKept(const QString& text) {
    const bool typed = isDirty() && this->text() != text;
    m_kept = text;
    if (!typed && (this->text() != text || !hasFocus()))
        setPlainText(text);
}

void TextField::fitHeight() {
    if (m_fitting)
        return;
    m_fitting = true; // what follows breaks the lines anew, which is a change of the document
    int lines = 0;
    for (QTextBlock block = document()->begin(); block.isValid(); block = block.next()) {
        document()->documentLayout()->blockBoundingRect(block);
        lines += std::max(1, block.layout()->lineCount());
    }
    m_fitting = false;
    lines = std::max(1, lines);
    setVerticalScrollBarPolicy(lines > kMostLines ? Qt::ScrollBarAsNeeded : Qt::ScrollBarAlwaysOff);
    if (std::min(lines, kMostLines) == m_lines)
        return;
    m_lines = std::min(lines, kMostLines);
    updateGeometry();
}

QSize TextField::sizeHint() const {
    ensurePolished(); // the style sheet's padding and border are the margins
    const QMargins frame = contentsMargins();
    const int height = static_cast<int>(
        std::ceil(fontMetrics().lineSpacing() * m_lines + 2 * document()->documentMargin()));
    return {240, height + frame.top() + frame.bottom() + kRoom};
}

QSize TextField::minimumSizeHint() const {
    return {80, sizeHint().height()};
}

void TextField::resizeEvent(QResizeEvent* event) {
    QPlainTextEdit::resizeEvent(event);
    fitHeight(); // other line breaks
}

bool TextField::event(QEvent* event) {
    if (passesOn(event, document()->isUndoAvailable() && isDirty(),
                 document()->isRedoAvailable() && isDirty())) {
        event->ignore();
        return true;
    }
    return QPlainTextEdit::event(event);
}

void TextField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && isDirty()) {
        setPlainText(m_kept);
        return;
    }
    if (isEnter(event) && !m_manyLines && event->modifiers() == Qt::NoModifier) {
        if (isDirty())
            emit committed();
        return;
    }
    QPlainTextEdit::keyPressEvent(event);
}

void TextField::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    if (isDirty())
        emit committed();
}

ChoiceField::ChoiceField(QWidget* parent) : QComboBox(parent) {
    setEditable(true);
    setInsertPolicy(QComboBox::NoInsert);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto commit = [this] {
        if (isDirty())
            emit committed();
    };
    connect(this, &QComboBox::activated, this, commit);
    connect(lineEdit(), &QLineEdit::editingFinished, this, commit);
}

void ChoiceField::setChoices(const QStringList& values) {
    const QSignalBlocker block(this);
    const QString text = currentText();
    const int cursor = lineEdit()->cursorPosition();
    clear();
    addItems(values);
    setCurrentIndex(values.indexOf(text));
    setEditText(text);
    lineEdit()->setCursorPosition(cursor);
}

void ChoiceField::setKept(const QString& text) {
    const bool typed = isDirty() && currentText() != text;
    m_kept = text;
    if (!typed && currentText() != text)
        setEditText(text);
}

void ChoiceField::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape && isDirty()) {
        setEditText(m_kept);
        return;
    }
    QComboBox::keyPressEvent(event);
}

void ChoiceField::wheelEvent(QWheelEvent* event) {
    event->ignore(); // scrolls the form, never changes a value by accident
}

} // namespace viva
