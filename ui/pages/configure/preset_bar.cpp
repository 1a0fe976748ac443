// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/preset_bar.h"

#include "core/config/preset.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace viva {

QList<Preset> presetsIn(const std::filesystem::path& folder, bool own) {
    QList<Preset> presets;
    for (const PresetInfo& info : listPresets(folder)) {
        const std::string& name = own ? info.name : info.title;
        presets.append(
            {QString::fromStdString(name), info.file, own, QString::fromStdString(info.source)});
    }
    return presets;
}

PresetBar::PresetBar(std::filesystem::path shipped, std::filesystem::path own, QWidget* parent)
    : QWidget(parent), m_shipped(std::move(shipped)), m_own(std::move(own)),
      m_choice(new QComboBox(this)) {
    m_choice->setMinimumWidth(240);
    m_choice->setMaxVisibleItems(24);
    m_choice->setAccessibleName(tr("Preset"));
    auto* label = new QLabel(tr("&Preset"), this);
    label->setBuddy(m_choice);
    label->setProperty("look", "muted");
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(label);
    layout->addWidget(m_choice);
    const auto addTool = [this, layout](const QString& icon, const QString& word,
                                        const QString& tip) {
        auto* button = new QToolButton(this);
        button->setIcon(themedIcon(icon));
        button->setText(word);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setToolTip(tip);
        layout->addWidget(button);
        return button;
    };
    connect(addTool("open", tr("Load"), tr("Load a configuration from a JSON file")),
            &QToolButton::clicked, this, &PresetBar::openRequested);
    connect(addTool("save", tr("Save"), tr("Save this configuration as a preset of your own")),
            &QToolButton::clicked, this, &PresetBar::saveRequested);
    connect(addTool("copy", tr("Copy"), tr("Copy this configuration as JSON, for viva train")),
            &QToolButton::clicked, this, &PresetBar::copyRequested);
    layout->addStretch(1);
    connect(m_choice, &QComboBox::currentIndexChanged, this, &PresetBar::showSource);
    connect(m_choice, &QComboBox::activated, this, [this](int index) {
        if (index >= 0 && index < m_presets.size())
            emit presetChosen(m_presets[index]);
    });
    reload();
}

void PresetBar::reload() {
    const QString chosen = m_choice->currentText();
    m_presets = presetsIn(m_shipped, false) + presetsIn(m_own, true);
    m_choice->clear();
    for (const Preset& preset : std::as_const(m_presets)) {
        m_choice->addItem(preset.own ? tr("%1 (own)").arg(preset.name) : preset.name);
        const QString tip = preset.source.toHtmlEscaped();
        if (!tip.isEmpty())
            m_choice->setItemData(m_choice->count() - 1, QStringLiteral("<qt>%1</qt>").arg(tip),
                                  Qt::ToolTipRole);
    }
    if (m_presets.isEmpty())
        m_choice->addItem(tr("Demo"));
    m_choice->setCurrentIndex(std::max(0, m_choice->findText(chosen)));
    showSource();
}

void PresetBar::showSource() {
    m_choice->setToolTip(m_choice->currentData(Qt::ToolTipRole).toString());
}

void PresetBar::choose(const QString& name) {
    for (int index = 0; index < m_presets.size(); ++index) {
        if (m_presets[index].name == name)
            m_choice->setCurrentIndex(index);
    }
}

} // namespace viva
