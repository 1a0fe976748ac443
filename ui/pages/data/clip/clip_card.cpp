// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip/clip_card.h"

#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/clip/clip_editor.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/sound/sound_deck.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>

namespace viva {
ClipCard::ClipCard(TaskRunner& tasks, QWidget* parent) : QFrame(parent) {
    setProperty("look", "card");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, kGrid, kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(createHeadRow());
    m_facts = wrappedLabel(this, "muted");
    setTextSize(m_facts, TextSize::Caption);
    column->addWidget(m_facts);
    column->addWidget(createMissingRow());
    m_deck = new SoundDeck(tasks, this);
    column->addWidget(m_deck, 2);
    column->addWidget(createEditorPanel(), 3);
    connectSignals();
    clear();
}

QWidget* ClipCard::createHeadRow() {
    auto* row = new QWidget(this);
    m_title = new QLabel(row);
    setTextSize(m_title, TextSize::Heading, QFont::DemiBold);
    auto* copy =
        new QPushButton(themedIcon(QStringLiteral("copy")), tr("Copy to the project"), row);
    copy->setProperty("look", "compact");
    copy->setToolTip(tr("Copies sound and labels, to be edited there"));
    auto* remove = new QToolButton(row);
    remove->setIcon(themedIcon(QStringLiteral("remove"), IconTint::Muted));
    remove->setToolTip(tr("Remove this clip (Del in the list); Undo brings it back"));
    remove->setAccessibleName(tr("Remove this clip"));
    connect(copy, &QPushButton::clicked, this, &ClipCard::copyRequested);
    connect(remove, &QToolButton::clicked, this, &ClipCard::removeRequested);
    m_copy = copy;
    m_remove = remove;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_title, 1);
    layout->addWidget(copy);
    layout->addWidget(remove);
    return row;
}

QWidget* ClipCard::createMissingRow() {
    auto* row = new QFrame(this);
    row->setProperty("look", "warning");
    m_missingText = wrappedLabel(row);
    auto* locate = new QPushButton(tr("Point at it..."), row);
    connect(locate, &QPushButton::clicked, this, &ClipCard::locateRequested);
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(2 * kGrid, kGrid, kGrid, kGrid);
    layout->addWidget(m_missingText, 1);
    layout->addWidget(locate);
    row->hide();
    m_missing = row;
    return row;
}

QWidget* ClipCard::createEditorPanel() {
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_editor = new ClipEditor(scroll);
    scroll->setWidget(m_editor);
    return scroll;
}

void ClipCard::connectSignals() {
    connect(m_deck, &SoundDeck::failed, this, &ClipCard::failed);
    connect(m_deck, &SoundDeck::editRequested, this, &ClipCard::soundEditRequested);
}

void ClipCard::setClip(const ClipRow& row, const std::filesystem::path& audio, bool editable) {
    const bool another = row.clip.id != m_clip.id || editable != m_editable || audio != m_audio ||
                         row.missing == m_deck->isVisibleTo(this);
    m_clip = row.clip;
    m_editable = editable;
    m_audio = audio;
    m_title->setText(QString::fromStdString(row.clip.utterance.id));
    m_facts->setText(clipFacts(row.clip));
    m_copy->setVisible(!editable);
    m_remove->setVisible(editable);
    m_missing->setVisible(row.missing);
    m_missingText->setText(
        tr("The sound is not at %1.").arg(QString::fromStdString(audio.string())));
    m_deck->setVisible(!row.missing);
    m_deck->setEditable(editable);
    m_editor->setClip(row.clip, editable);
    m_editor->parentWidget()->show();
    if (!another)
        return;
    if (row.missing)
        m_deck->clear();
    else
        m_deck->setClip(audio);
}

void ClipCard::clear() {
    m_clip = {};
    m_audio.clear();
    m_title->setText(tr("No clip chosen"));
    m_facts->clear();
    m_deck->setEditable(false);
    m_deck->clear(tr("Choose a clip in the list to see and hear it"));
    m_deck->show();
    m_missing->hide();
    m_copy->hide();
    m_remove->hide();
    m_editor->setClip({}, false);
    m_editor->parentWidget()->hide();
}

bool ClipCard::playPause() {
    return m_deck->isVisible() && m_deck->playPause();
}

void ClipCard::stop() {
    m_deck->stop();
}

} // namespace viva
