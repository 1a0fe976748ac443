// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/empty_state.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

EmptyState::EmptyState(const QString& iconName, const QString& title, const QString& text,
                       QWidget* parent)
    : QWidget(parent), m_title(new QLabel(title, this)), m_text(new QLabel(text, this)),
      m_button(new QPushButton(this)) {
    auto* icon = new QToolButton(this);
    icon->setIcon(themedIcon(iconName, IconTint::Muted));
    icon->setIconSize({48, 48});
    icon->setAttribute(Qt::WA_TransparentForMouseEvents);
    icon->setFocusPolicy(Qt::NoFocus);
    setTextSize(m_title, TextSize::Heading, QFont::DemiBold);
    m_title->setAlignment(Qt::AlignCenter);
    m_text->setAlignment(Qt::AlignCenter);
    m_text->setWordWrap(true);
    m_text->setFixedWidth(65 * kGrid);
    m_text->setProperty("look", "muted");
    m_button->setProperty("look", "primary");
    m_button->hide();
    connect(m_button, &QPushButton::clicked, this, &EmptyState::actionRequested);

    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(kGrid);
    layout->addStretch(2);
    layout->addWidget(icon, 0, Qt::AlignHCenter);
    layout->addWidget(m_title, 0, Qt::AlignHCenter);
    // Not by alignment: that would take away the label's height for its width.
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(m_text);
    row->addStretch(1);
    layout->addLayout(row);
    layout->addSpacing(kGrid);
    m_buttons = new QHBoxLayout;
    m_buttons->setSpacing(kGrid);
    m_buttons->addStretch(1);
    m_buttons->addWidget(m_button);
    m_buttons->addStretch(1);
    layout->addLayout(m_buttons);
    layout->addStretch(3);
}

void EmptyState::setText(const QString& text) {
    m_text->setText(text);
}

void EmptyState::setAction(const QString& label) {
    m_button->setText(label);
    m_button->setVisible(!label.isEmpty());
}

void EmptyState::showAs(const QString& title, const QString& text, const QString& action,
                        bool choices) {
    m_title->setText(title);
    m_text->setText(text);
    setAction(action);
    for (QPushButton* button : std::as_const(m_choices))
        button->setVisible(choices);
}

QPushButton* EmptyState::addChoice(const QString& label) {
    auto* button = new QPushButton(label, this);
    m_choices << button;
    m_buttons->insertWidget(m_buttons->count() - 1, button);
    return button;
}

} // namespace viva
