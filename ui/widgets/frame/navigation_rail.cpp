// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/frame/navigation_rail.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QButtonGroup>
#include <QToolButton>
#include <QVBoxLayout>

namespace viva {

NavigationRail::NavigationRail(QWidget* parent)
    : QFrame(parent), m_group(new QButtonGroup(this)), m_pages(new QVBoxLayout) {
    setProperty("look", "rail");
    setFixedWidth(10 * kGrid);
    setAccessibleName(tr("Pages"));
    auto* logo = makeButton("logo", {});
    logo->setIcon(themedIcon("logo", IconTint::Accent));
    logo->setIconSize({32, 32});
    logo->setAttribute(Qt::WA_TransparentForMouseEvents);
    logo->setFocusPolicy(Qt::NoFocus);
    logo->setAccessibleName(tr("Viva Voce"));
    m_settings = makeButton("settings", tr("Settings"));
    m_settings->setPopupMode(QToolButton::InstantPopup);
    m_settings->setToolTip(tr("Theme and everything else"));

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kHalfGrid, kGrid, kHalfGrid, kGrid);
    layout->setSpacing(kGrid);
    layout->addWidget(logo);
    layout->addSpacing(kGrid);
    m_pages->setSpacing(kHalfGrid);
    layout->addLayout(m_pages);
    layout->addStretch(1);
    layout->addWidget(m_settings);
    connect(m_group, &QButtonGroup::idClicked, this, &NavigationRail::pageChosen);
}

QToolButton* NavigationRail::makeButton(const QString& iconName, const QString& word) {
    auto* button = new QToolButton(this);
    button->setProperty("look", "rail");
    button->setIcon(themedIcon(iconName, IconTint::Muted));
    button->setIconSize({24, 24});
    button->setText(word);
    button->setToolButtonStyle(word.isEmpty() ? Qt::ToolButtonIconOnly
                                              : Qt::ToolButtonTextUnderIcon);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setTextSize(button, TextSize::Caption);
    return button;
}

void NavigationRail::addPage(const QString& iconName, const QString& word, const QString& tooltip) {
    auto* button = makeButton(iconName, word);
    button->setCheckable(true);
    button->setToolTip(tooltip);
    button->setAccessibleName(word);
    const int index = static_cast<int>(m_group->buttons().size());
    m_group->addButton(button, index);
    m_pages->addWidget(button);
}

void NavigationRail::setCurrent(int index) {
    if (auto* button = m_group->button(index))
        button->setChecked(true);
}

} // namespace viva
