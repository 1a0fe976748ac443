// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip_editor.h"

#include "ui/models/clip_text.h"
#include "ui/models/format.h"
#include "ui/pages/data/task_editor.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/edit_field.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QFormLayout>
#include <QLabel>
#include <QPointer>
#include <QPushButton>

#include <algorithm>

namespace viva {
namespace {

constexpr int kIdleMs = 2000;
constexpr int kLabelWidth = 89; ///< so that fields stand under those of the tasks
constexpr int kLabelDrop = 6;   ///< to the line of the text in the field beside it

QStringList valuesOf(const std::vector<ClipFacet>& facets, QStringList first = {}) {
    for (const ClipFacet& facet : facets)
        if (const QString value = QString::fromStdString(facet.value);
            !value.isEmpty() && !first.contains(value))
            first << value;
    return first;
}

} // namespace

ClipEditor::ClipEditor(QWidget* parent) : QWidget(parent) {
    setProperty("look", "page");
    createFields();
    connectFields();
    m_idle.setSingleShot(true);
    m_idle.setInterval(kIdleMs);
    connect(&m_idle, &QTimer::timeout, this, &ClipEditor::commit);
}

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

void ClipEditor::setClip(const ClipRecord& clip, bool editable) {
    const bool same = clip.id == m_clip.id && editable == m_editable;
    if (same && !m_reload) {
        refreshClip(clip);
        return;
    }
    if (!same)
        commit();
    m_reload = false;
    keepDraft();
    m_clip = clip;
    m_editable = editable;
    showClip();
}

void ClipEditor::showClip() {
    m_showing = true;
    const Utterance& utterance = m_clip.utterance;
    // What was typed for the clip before has been kept; these lines forget it.
    const auto fill = [this](auto* field, const std::string& text) {
        const QString value = QString::fromStdString(text);
        field->setKept(value);
        if constexpr (std::is_same_v<decltype(field), TextField*>)
            field->setPlainText(value);
        else if constexpr (std::is_same_v<decltype(field), LineField*>)
            field->setText(value);
        else
            field->setEditText(value);
        setProblem(field, false);
    };
    fill(m_name, utterance.id);
    fill(m_text, utterance.text);
    fill(m_speaker, utterance.speaker);
    fill(m_language, utterance.language);
    fill(m_split, utterance.split);
    fill(m_notes, m_clip.notes);
    fill(m_tags, tagsText(utterance.tags).toStdString());
    m_nameProblem->hide();
    for (LineField* field : {m_name, m_tags})
        field->setReadOnly(!m_editable);
    for (TextField* field : {m_text, m_notes})
        field->setReadOnly(!m_editable);
    for (ChoiceField* field : {m_speaker, m_language, m_split})
        field->setEnabled(m_editable);
    m_addRow->setVisible(m_editable);
    setTasks(utterance.tasks);
    if (const auto draft = m_drafts.find(m_clip.id); draft != m_drafts.end() && m_editable) {
        for (std::size_t index = 0; index < draft->second.size(); ++index) {
            if (index >= static_cast<std::size_t>(m_tasks.size()))
                insertTask();
            m_tasks[static_cast<qsizetype>(index)]->setTyped(draft->second[index]);
        }
        m_drafts.erase(draft);
    }
    m_idle.stop();
    m_showing = false;
}

void ClipEditor::refreshClip(const ClipRecord& clip) {
    m_showing = true;
    m_clip = clip;
    const Utterance& utterance = clip.utterance;
    m_name->setKept(QString::fromStdString(utterance.id));
    m_text->setKept(QString::fromStdString(utterance.text));
    m_speaker->setKept(QString::fromStdString(utterance.speaker));
    m_language->setKept(QString::fromStdString(utterance.language));
    m_split->setKept(QString::fromStdString(utterance.split));
    m_notes->setKept(QString::fromStdString(clip.notes));
    m_tags->setKept(tagsText(utterance.tags));
    if (!m_name->isDirty()) {
        m_nameProblem->hide();
        setProblem(m_name, false);
    }
    refreshTasks(utterance.tasks);
    m_showing = false;
}

TaskEditor* ClipEditor::insertTask() {
    auto* editor = new TaskEditor(this);
    editor->setReadOnly(!m_editable);
    m_taskColumn->addWidget(editor);
    editor->show();
    m_tasks << editor;
    connect(editor, &TaskEditor::committed, this, &ClipEditor::commit);
    connect(editor, &TaskEditor::typing, &m_idle, qOverload<>(&QTimer::start));
    connect(editor, &TaskEditor::removeRequested, this, [this, editor] {
        m_tasks.removeOne(editor);
        editor->hide();
        editor->deleteLater();
        commitTasks();
    });
    return editor;
}

void ClipEditor::clearTasks() {
    for (TaskEditor* editor : std::as_const(m_tasks)) {
        editor->hide();
        editor->deleteLater();
    }
    m_tasks.clear();
}

void ClipEditor::setTasks(const std::vector<UtteranceTask>& tasks) {
    clearTasks();
    for (const UtteranceTask& task : tasks)
        insertTask()->load(task);
}

void ClipEditor::refreshTasks(const std::vector<UtteranceTask>& tasks) {
    // Those that are not in the project yet are drafts; the others stand in its order.
    QList<TaskEditor*> kept;
    for (TaskEditor* editor : std::as_const(m_tasks))
        if (editor->wanted())
            kept << editor;
    if (kept.size() != static_cast<qsizetype>(tasks.size())) {
        std::vector<UtteranceTask> drafts;
        for (const TaskEditor* editor : std::as_const(m_tasks))
            if (!editor->wanted())
                drafts.push_back(editor->typed());
        setTasks(tasks);
        for (const UtteranceTask& draft : drafts)
            insertTask()->setTyped(draft);
        return;
    }
    for (qsizetype index = 0; index < kept.size(); ++index)
        kept[index]->setKept(tasks[static_cast<std::size_t>(index)]);
}

void ClipEditor::addTask(const std::string& task) {
    if (!m_editable)
        return;
    UtteranceTask fresh;
    fresh.task = task;
    fresh.question = defaultQuestion(task).toStdString();
    // What was said is the transcript already.
    if (task == "asr" && !m_clip.utterance.text.empty())
        fresh.references = {m_clip.utterance.text};
    TaskEditor* editor = insertTask();
    editor->setTyped(fresh);
    if (editor->isWhole())
        commitTasks();
    editor->focusFirstGap();
}

void ClipEditor::setChoices(const ClipFacets& facets) {
    m_split->setChoices(
        valuesOf(facets.splits,
                 {QStringLiteral("train"), QStringLiteral("validation"), QStringLiteral("test")}));
    m_speaker->setChoices(valuesOf(facets.speakers));
    m_language->setChoices(
        valuesOf(facets.languages, {QStringLiteral("en"), QStringLiteral("de")}));
}

void ClipEditor::request(const QString& what, Mutate mutate, QLabel* words) {
    const ClipId id = m_clip.id;
    const QString label = tr("%1 of %2").arg(what, QString::fromStdString(m_clip.utterance.id));
    ChangeRefused refused;
    if (words)
        refused = [this, guard = QPointer(this), id, words](const ErrorInfo& error) {
            if (!guard || id != m_clip.id)
                return false;
            words->setText(QString::fromStdString(error.text()));
            words->show();
            setProblem(m_name, true);
            return true;
        };
    emit changeRequested(id, label, mutate, refused);
}

template<typename Field>
void ClipEditor::commitText(Field& field, const QString& what, std::string Utterance::*member) {
    QString now;
    if constexpr (std::is_same_v<Field, ChoiceField>)
        now = field.currentText();
    else
        now = field.text();
    const std::string text = now.trimmed().toStdString();
    if (text == m_clip.utterance.*member)
        return;
    m_clip.utterance.*member = text;
    request(what, [member, text](ClipRecord& clip) { clip.utterance.*member = text; });
}

void ClipEditor::commitName() {
    const std::string name = m_name->text().trimmed().toStdString();
    if (name == m_clip.utterance.id)
        return;
    if (name.empty()) {
        m_nameProblem->setText(tr("A clip needs a name; Escape brings back the one it has."));
        m_nameProblem->show();
        setProblem(m_name, true);
        return;
    }
    request(
        tr("Name"), [name](ClipRecord& clip) { clip.utterance.id = name; }, m_nameProblem);
}

std::vector<UtteranceTask> ClipEditor::wantedTasks() const {
    std::vector<UtteranceTask> tasks;
    for (const TaskEditor* editor : m_tasks)
        if (const auto task = editor->wanted())
            tasks.push_back(*task);
    return tasks;
}

void ClipEditor::commitTasks() {
    const std::vector<UtteranceTask> tasks = wantedTasks();
    if (tasks == m_clip.utterance.tasks)
        return;
    m_clip.utterance.tasks = tasks;
    request(tr("Tasks"), [tasks](ClipRecord& clip) { clip.utterance.tasks = tasks; });
}

void ClipEditor::commit() {
    m_idle.stop();
    if (!m_editable || m_showing || m_clip.id == 0)
        return;
    commitName();
    commitText(*m_text, tr("Transcript"), &Utterance::text);
    commitText(*m_speaker, tr("Speaker"), &Utterance::speaker);
    commitText(*m_language, tr("Language"), &Utterance::language);
    commitText(*m_split, tr("Split"), &Utterance::split);
    commitTasks();
    if (const auto tags = tagsFrom(m_tags->text()); tags != m_clip.utterance.tags) {
        m_clip.utterance.tags = tags;
        request(tr("Tags"), [tags](ClipRecord& clip) { clip.utterance.tags = tags; });
    }
    if (const std::string notes = m_notes->text().trimmed().toStdString(); notes != m_clip.notes) {
        m_clip.notes = notes;
        request(tr("Notes"), [notes](ClipRecord& clip) { clip.notes = notes; });
    }
}

bool ClipEditor::hasUnkept() const {
    return m_editable && std::any_of(m_tasks.begin(), m_tasks.end(),
                                     [](const TaskEditor* editor) { return !editor->isWhole(); });
}

void ClipEditor::keepDraft() {
    if (m_clip.id == 0 || !hasUnkept())
        return;
    std::vector<UtteranceTask> draft;
    for (const TaskEditor* editor : std::as_const(m_tasks))
        draft.push_back(editor->typed());
    m_drafts[m_clip.id] = std::move(draft);
}

void ClipEditor::focusFirst() {
    m_text->setFocus();
}

} // namespace viva
