// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLabel;
class QToolButton;

namespace viva {

/// A titled part of a form that folds; the note on the right says what is hidden in it.
class FoldSection : public QWidget {
    Q_OBJECT

public:
    FoldSection(const QString& title, QWidget* content, QWidget* parent = nullptr);

    void setOpen(bool open);
    [[nodiscard]] bool isOpen() const;
    void setNote(const QString& note);

private:
    QToolButton* m_button = nullptr;
    QLabel* m_note = nullptr;
    QWidget* m_content = nullptr;
};

} // namespace viva
