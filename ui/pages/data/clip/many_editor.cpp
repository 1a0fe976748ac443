// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip/many_editor.h"

#include "ui/models/clips/clip_text.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/edit_field.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>

#include <algorithm>

namespace viva {

ManyEditor::ManyEditor(QWidget* parent) : QFrame(parent) {
    setProperty("look", "card");
    m_title = new QLabel(this);
    setTextSize(m_title, TextSize::Heading, QFont::DemiBold);
    m_totals = wrappedLabel(this, "muted");
    m_fields = createFields();
    m_copy = new QPushButton(themedIcon(QStringLiteral("copy")), tr("Copy to the project"), this);
    m_copy->setToolTip(tr("Copies sounds and labels, to be edited there"));
    m_remove =
        new QPushButton(themedIcon(QStringLiteral("remove")), tr("Remove these clips"), this);
    m_remove->setToolTip(tr("Takes them out of the list (Del); Undo brings them back"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * kGrid, 2 * kGrid, 2 * kGrid, kGrid);
    column->setSpacing(kGrid);
    column->addWidget(m_title);
    column->addWidget(m_totals);
    column->addWidget(m_fields);
    column->addWidget(m_copy, 0, Qt::AlignLeft);
    column->addWidget(m_remove, 0, Qt::AlignLeft);
    column->addStretch(1);
    connect(m_copy, &QPushButton::clicked, this, &ManyEditor::copyRequested);
    connect(m_remove, &QPushButton::clicked, this, &ManyEditor::removeRequested);
}

QWidget* ManyEditor::createFields() {
    auto* panel = new QWidget(this);
    auto* grid = new QGridLayout(panel);
    grid->setContentsMargins(0, kGrid, 0, kGrid);
    grid->setVerticalSpacing(kGrid);
    grid->setColumnStretch(1, 1);
    const auto add = [&](const QString& name, QWidget* field, void (ManyEditor::*action)(),
                         const QString& verb) {
        const int row = grid->rowCount();
        auto* label = new QLabel(name, panel);
        label->setProperty("look", "muted");
        label->setBuddy(field);
        field->setAccessibleName(name);
        auto* button = new QPushButton(verb, panel);
        button->setAccessibleName(QStringLiteral("%1: %2").arg(name, verb));
        grid->addWidget(label, row, 0);
        grid->addWidget(field, row, 1);
        grid->addWidget(button, row, 2);
        connect(button, &QPushButton::clicked, this, action);
    };
    m_split = new ChoiceField(panel);
    m_speaker = new ChoiceField(panel);
    m_language = new ChoiceField(panel);
    m_addTags = new LineField(panel);
    m_addTags->setPlaceholderText(tr("parted by commas"));
    m_removeTags = new ChoiceField(panel);
    m_split->lineEdit()->setPlaceholderText(tr("none"));
    m_speaker->lineEdit()->setPlaceholderText(tr("none"));
    m_language->lineEdit()->setPlaceholderText(tr("none"));
    add(tr("Split"), m_split, &ManyEditor::setSplit, tr("Set"));
    add(tr("Speaker"), m_speaker, &ManyEditor::setSpeaker, tr("Set"));
    add(tr("Language"), m_language, &ManyEditor::setLanguage, tr("Set"));
    add(tr("Add tags"), m_addTags, &ManyEditor::addTags, tr("Add"));
    add(tr("Take tag away"), m_removeTags, &ManyEditor::removeTags, tr("Remove"));
    auto* transcript =
        new QPushButton(tr("Make transcripts a task (where there is a transcript)"), panel);
    transcript->setProperty("look", "quiet");
    grid->addWidget(transcript, grid->rowCount(), 0, 1, 3, Qt::AlignLeft);
    connect(transcript, &QPushButton::clicked, this, &ManyEditor::addTranscriptTask);
    return panel;
}

void ManyEditor::setClips(std::size_t count, bool editable) {
    m_title->setText(tr("%1 chosen").arg(clipCount(static_cast<std::int64_t>(count))));
    m_fields->setVisible(editable);
    m_remove->setVisible(editable);
    m_copy->setVisible(!editable);
    m_totals->clear();
}

void ManyEditor::setTotals(const ClipTotals& totals) {
    m_totals->setText(
        tr("%1 of sound. What is set here is set for all of them; one undo takes it back.")
            .arg(soundLength(totals.durationSec)));
}

void ManyEditor::setChoices(const ClipFacets& facets) {
    m_split->setChoices(
        valuesOf(facets.splits,
                 {QStringLiteral("train"), QStringLiteral("validation"), QStringLiteral("test")}));
    m_speaker->setChoices(valuesOf(facets.speakers));
    m_language->setChoices(
        valuesOf(facets.languages, {QStringLiteral("en"), QStringLiteral("de")}));
    m_removeTags->setChoices(valuesOf(facets.tags));
}

void ManyEditor::setSplit() {
    const std::string split = m_split->currentText().trimmed().toStdString();
    emit changeRequested(tr("Split"), [split](ClipRecord& clip) { clip.utterance.split = split; });
}

void ManyEditor::setSpeaker() {
    const std::string speaker = m_speaker->currentText().trimmed().toStdString();
    emit changeRequested(tr("Speaker"),
                         [speaker](ClipRecord& clip) { clip.utterance.speaker = speaker; });
}

void ManyEditor::setLanguage() {
    const std::string language = m_language->currentText().trimmed().toStdString();
    emit changeRequested(tr("Language"),
                         [language](ClipRecord& clip) { clip.utterance.language = language; });
}

void ManyEditor::addTags() {
    const std::vector<std::string> tags = tagsFrom(m_addTags->text());
    if (tags.empty())
        return;
    emit changeRequested(tr("Tags"), [tags](ClipRecord& clip) {
        for (const std::string& tag : tags)
            if (!clip.utterance.hasTag(tag))
                clip.utterance.tags.push_back(tag);
    });
    m_addTags->clear();
}

void ManyEditor::removeTags() {
    const std::vector<std::string> tags = tagsFrom(m_removeTags->currentText());
    if (tags.empty())
        return;
    emit changeRequested(tr("Tags"), [tags](ClipRecord& clip) {
        for (const std::string& tag : tags)
            std::erase(clip.utterance.tags, tag);
    });
}

void ManyEditor::addTranscriptTask() {
    const std::string instruction = defaultQuestion("asr").toStdString();
    emit changeRequested(tr("Transcript task"), [instruction](ClipRecord& clip) {
        Utterance& utterance = clip.utterance;
        const bool there =
            std::any_of(utterance.tasks.begin(), utterance.tasks.end(),
                        [](const UtteranceTask& task) { return task.task == "asr"; });
        if (!there && !utterance.text.empty())
            utterance.tasks.push_back({"asr", instruction, {utterance.text}, {}, {}, {}});
    });
}

} // namespace viva
