// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QHBoxLayout;
class QLabel;
class QPushButton;

namespace viva {

/// What a page shows before it has something to show: what will be here, and the first action.
class EmptyState : public QWidget {
    Q_OBJECT

public:
    EmptyState(const QString& iconName, const QString& title, const QString& text,
               QWidget* parent = nullptr);

    void setText(const QString& text);
    /// A button below; the widget emits actionRequested() when it is pressed.
    void setAction(const QString& label);
    /// Another title, text and first action; the other buttons only with `choices`.
    void showAs(const QString& title, const QString& text, const QString& action, bool choices);
    /// Another button, quieter, beside it; what it does is the caller's.
    QPushButton* addChoice(const QString& label);

signals:
    void actionRequested();

private:
    QLabel* m_title = nullptr;
    QLabel* m_text = nullptr;
    QPushButton* m_button = nullptr;
    QHBoxLayout* m_buttons = nullptr;
    QList<QPushButton*> m_choices;
};

} // namespace viva
