// SPDX-License-Identifier: GPL-3.0-or-later
// The fields of ClipEditor and where they stand.
#include "ui/models/clips/clip_text.h"
#include "ui/models/format.h"
#include "ui/pages/data/clip/clip_editor.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/edit_field.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>

namespace viva {
namespace {

constexpr int kLabelWidth = 89; ///< so that fields stand under those of the tasks
constexpr int kLabelDrop = 6;   ///< to the line of the text in the field beside it

} // namespace

void ClipEditor::createFields() {
    m_name = new LineField(this);
    m_nameProblem = wrappedLabel(this, "errorText");
    m_nameProblem->hide();
    m_text = new TextField(this);
    m_text->setPlaceholderText(tr("Every word that is said"));
    m_speaker = new ChoiceField(this);
    m_language = new ChoiceField(this);
    m_split = new ChoiceField(this);
    m_split->lineEdit()->setPlaceholderText(tr("none: not used in training"));
    m_tags = new LineField(this);
    m_tags->setPlaceholderText(tr("parted by commas"));
    m_notes = new TextField(this);
    m_notes->setManyLines(true);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, kGrid, 0);
    column->setSpacing(kGrid);
    const auto add = [&](const QString& name, QWidget* field, QWidget* second = nullptr,
                         const QString& secondName = {}) {
        auto* row = new QHBoxLayout;
        row->setSpacing(kGrid);
        auto* label = new QLabel(name, this);
        label->setProperty("look", "muted");
        label->setFixedWidth(kLabelWidth);
        label->setContentsMargins(0, kLabelDrop, 0, 0);
        label->setBuddy(field);
        field->setAccessibleName(name);
        row->addWidget(label, 0, Qt::AlignTop);
        row->addWidget(field, 1);
        if (second) {
            auto* other = new QLabel(secondName, this);
            other->setProperty("look", "muted");
            other->setBuddy(second);
            second->setAccessibleName(secondName);
            row->addSpacing(kGrid);
            row->addWidget(other);
            row->addWidget(second, 1);
        }
        column->addLayout(row);
    };
    add(tr("Name"), m_name);
    column->addWidget(m_nameProblem);
    add(tr("Transcript"), m_text);
    createTaskPart(*column);
    add(tr("Split"), m_split, m_speaker, tr("Speaker"));
    add(tr("Tags"), m_tags, m_language, tr("Language"));
    add(tr("Notes"), m_notes);
    column->addStretch(1);
}

void ClipEditor::createTaskPart(QVBoxLayout& column) {
    m_taskColumn = new QVBoxLayout;
    m_taskColumn->setSpacing(kGrid);
    column.addLayout(m_taskColumn);
    m_addRow = new QWidget(this);
    auto* row = new QHBoxLayout(m_addRow);
    row->setContentsMargins(0, 0, 0, 0);
    auto* label = new QLabel(tr("Add a task"), m_addRow);
    label->setProperty("look", "muted");
    label->setFixedWidth(kLabelWidth);
    row->addWidget(label);
    for (const char* task : {"sqa", "ast", "asr"}) {
        auto* button = new QPushButton(QStringLiteral("+ ") + taskWord(task), m_addRow);
        button->setProperty("look", "quiet");
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, task] { addTask(task); });
    }
    row->addStretch();
    column.addWidget(m_addRow);
}

void ClipEditor::connectFields() {
    for (LineField* field : {m_name, m_tags}) {
        connect(field, &LineField::committed, this, &ClipEditor::commit);
        connect(field, &QLineEdit::textEdited, &m_idle, qOverload<>(&QTimer::start));
    }
    for (TextField* field : {m_text, m_notes}) {
        connect(field, &TextField::committed, this, &ClipEditor::commit);
        connect(field, &QPlainTextEdit::textChanged, &m_idle, qOverload<>(&QTimer::start));
    }
    for (ChoiceField* field : {m_speaker, m_language, m_split}) {
        connect(field, &ChoiceField::committed, this, &ClipEditor::commit);
        connect(field, &QComboBox::editTextChanged, &m_idle, qOverload<>(&QTimer::start));
    }
}

void ClipEditor::setChoices(const ClipFacets& facets) {
    m_split->setChoices(
        valuesOf(facets.splits,
                 {QStringLiteral("train"), QStringLiteral("validation"), QStringLiteral("test")}));
    m_speaker->setChoices(valuesOf(facets.speakers));
    m_language->setChoices(
        valuesOf(facets.languages, {QStringLiteral("en"), QStringLiteral("de")}));
}

} // namespace viva
