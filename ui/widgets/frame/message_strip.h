// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/widgets/frame/message.h"

#include <QFrame>
#include <QList>

class QLabel;
class QPushButton;
class QToolButton;

namespace viva {

/// The quiet strip above the bottom bar: one sentence, a button that does the obvious thing, and a
/// cross. Newer messages take the place of older ones, except that an error stays until it is read.
class MessageStrip : public QFrame {
    Q_OBJECT

public:
    explicit MessageStrip(QWidget* parent = nullptr);

    void showMessage(const Message& message);
    void dismiss();
    [[nodiscard]] QString text() const;

private:
    void display(const Message& message);

    QLabel* m_icon = nullptr;
    QLabel* m_text = nullptr;
    QPushButton* m_action = nullptr;
    QToolButton* m_close = nullptr;
    Message m_shown;
    QList<Message> m_waiting;
};

} // namespace viva
