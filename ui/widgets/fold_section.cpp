// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/fold_section.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

FoldSection::FoldSection(const QString& title, QWidget* content, QWidget* parent)
    : QWidget(parent), m_button(new QToolButton(this)), m_note(new QLabel(this)),
      m_content(content) {
    m_button->setProperty("look", "fold");
    m_button->setText(title);
    m_button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_button->setIconSize({14, 14});
    m_button->setCheckable(true);
    m_button->setAccessibleName(title);
    m_note->setProperty("look", "muted");
    setTextSize(m_note, TextSize::Caption);
    auto* heading = new QHBoxLayout;
    heading->setContentsMargins(0, 0, kGrid, 0);
    heading->addWidget(m_button);
    heading->addStretch(1);
    heading->addWidget(m_note);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kHalfGrid);
    layout->addLayout(heading);
    layout->addWidget(m_content);
    connect(m_button, &QToolButton::toggled, this, &FoldSection::setOpen);
    setOpen(false);
}

void FoldSection::setOpen(bool open) {
    m_content->setVisible(open);
    m_button->setChecked(open);
    m_button->setIcon(themedIcon(open ? "chevron-down" : "chevron-right", IconTint::Muted));
    m_button->setAccessibleDescription(open ? tr("unfolded") : tr("folded"));
}

bool FoldSection::isOpen() const {
    return m_button->isChecked();
}

void FoldSection::setNote(const QString& note) {
    m_note->setText(note);
}

} // namespace viva
