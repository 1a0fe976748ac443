// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/configure/preset_bar.h"

#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>

namespace viva {

namespace {

QString titleOf(const std::string& stem) {
    const QString text = QString::fromStdString(stem);
    // Abbreviations of methods and libraries are written as such.
    if (text == "sft" || text == "trl" || text == "grpo")
        return text.toUpper();
    return text.left(1).toUpper() + text.mid(1);
}

} // namespace

QList<Preset> presetsIn(const std::filesystem::path& folder, bool own) {
    QList<Preset> presets;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        if (entry.path().extension() != ".json")
            continue;
        const std::string stem = entry.path().stem().string();
        presets.append({own ? QString::fromStdString(stem) : titleOf(stem), entry.path(), own});
    }
    std::sort(presets.begin(), presets.end(), [](const Preset& one, const Preset& two) {
        const bool oneDemo = one.file.stem() == "demo";
        const bool twoDemo = two.file.stem() == "demo";
        return oneDemo != twoDemo ? oneDemo : one.name.compare(two.name, Qt::CaseInsensitive) < 0;
    });
    return presets;
}

PresetBar::PresetBar(std::filesystem::path shipped, std::filesystem::path own, QWidget* parent)
    : QWidget(parent), m_shipped(std::move(shipped)), m_own(std::move(own)),
      m_choice(new QComboBox(this)) {
    m_choice->setMinimumWidth(200);
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
    for (const Preset& preset : std::as_const(m_presets))
        m_choice->addItem(preset.own ? tr("%1 (own)").arg(preset.name) : preset.name);
    if (m_presets.isEmpty())
        m_choice->addItem(tr("Demo"));
    m_choice->setCurrentIndex(std::max(0, m_choice->findText(chosen)));
}

void PresetBar::choose(const QString& name) {
    for (int index = 0; index < m_presets.size(); ++index) {
        if (m_presets[index].name == name)
            m_choice->setCurrentIndex(index);
    }
}

} // namespace viva
