// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/frame/message_strip.h"

#include "ui/theme/icons.h"
#include "ui/theme/theme_colors.h"
#include "ui/theme/type_scale.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>

namespace viva {

MessageStrip::MessageStrip(QWidget* parent)
    : QFrame(parent), m_icon(new QLabel(this)), m_text(new QLabel(this)),
      m_action(new QPushButton(this)), m_close(new QToolButton(this)) {
    setAccessibleName(tr("Message"));
    m_text->setWordWrap(true);
    m_text->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_action->setProperty("look", "quiet");
    m_close->setIcon(themedIcon("close", IconTint::Muted));
    m_close->setToolTip(tr("Dismiss"));
    m_close->setAccessibleName(tr("Dismiss message"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, kHalfGrid, kHalfGrid, kHalfGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(m_icon);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_action);
    layout->addWidget(m_close);
    connect(m_close, &QToolButton::clicked, this, &MessageStrip::dismiss);
    connect(m_action, &QPushButton::clicked, this, [this] {
        const auto action = m_shown.action;
        dismiss();
        if (action)
            action();
    });
    hide();
}

void MessageStrip::showMessage(const Message& message) {
    if (isVisible() && m_shown.kind == MessageKind::Error && message.text != m_shown.text)
        m_waiting.append(message);
    else
        display(message);
}

void MessageStrip::display(const Message& message) {
    m_shown = message;
    const ThemeColors& colors = colorsFor(palette());
    const bool error = message.kind == MessageKind::Error;
    const bool warning = message.kind == MessageKind::Warning;
    const QString look = error ? "error" : warning ? "warning" : "info";
    const QColor tint = error ? colors.errorText : warning ? colors.warningText : colors.accent;
    setProperty("look", look);
    m_icon->setPixmap(tintedPixmap(look, {20, 20}, tint, devicePixelRatioF()));
    m_text->setText(message.text);
    m_action->setText(message.actionLabel);
    m_action->setVisible(!message.actionLabel.isEmpty());
    style()->unpolish(this);
    style()->polish(this);
    for (QWidget* child : findChildren<QLabel*>()) {
        child->style()->unpolish(child);
        child->style()->polish(child);
    }
    setAccessibleDescription(message.text);
    show();
}

void MessageStrip::dismiss() {
    if (m_waiting.isEmpty()) {
        m_shown = {};
        hide();
        return;
    }
    display(m_waiting.takeFirst());
}

QString MessageStrip::text() const {
    return m_shown.text;
}

} // namespace viva
