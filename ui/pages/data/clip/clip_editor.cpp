// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip/clip_editor.h"

#include "ui/models/clips/clip_text.h"
#include "ui/pages/data/clip/task_editor.h"
#include "ui/widgets/edit_field.h"

#include <QLabel>
#include <QPointer>

#include <algorithm>

namespace viva {
namespace {

constexpr int kIdleMs = 2000;

} // namespace

ClipEditor::ClipEditor(QWidget* parent) : QWidget(parent) {
    setProperty("look", "page");
    createFields();
    connectFields();
    m_idle.setSingleShot(true);
    m_idle.setInterval(kIdleMs);
    connect(&m_idle, &QTimer::timeout, this, &ClipEditor::commit);
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
    showDraft();
    m_idle.stop();
    m_showing = false;
}

void ClipEditor::showDraft() {
    const auto draft = m_drafts.find(m_clip.id);
    if (draft == m_drafts.end() || !m_editable)
        return;
    for (std::size_t index = 0; index < draft->second.size(); ++index) {
        if (index >= static_cast<std::size_t>(m_tasks.size()))
            insertTask();
        m_tasks[static_cast<qsizetype>(index)]->setTyped(draft->second[index]);
    }
    m_drafts.erase(draft);
}

void ClipEditor::setDrafts(ClipDrafts drafts) {
    m_written = drafts;
    m_drafts = std::move(drafts);
    if (!hasUnkept())
        showDraft();
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
    sayDrafts();
}

bool ClipEditor::hasUnkept() const {
    return m_editable && std::any_of(m_tasks.begin(), m_tasks.end(),
                                     [](const TaskEditor* editor) { return !editor->isWhole(); });
}

void ClipEditor::keepDraft() {
    if (m_clip.id == 0 || !hasUnkept())
        return;
    std::vector<UtteranceTask>& draft = m_drafts[m_clip.id];
    draft.clear();
    for (const TaskEditor* editor : std::as_const(m_tasks)) {
        const UtteranceTask typed = editor->typed();
        draft.push_back({typed.task, typed.question, typed.references, {}, {}, {}});
    }
}

void ClipEditor::sayDrafts() {
    const ClipDrafts others = m_drafts;
    keepDraft();
    const ClipDrafts now = std::exchange(m_drafts, others);
    if (now == m_written)
        return;
    m_written = now;
    emit draftsChanged(now);
}

void ClipEditor::focusFirst() {
    m_text->setFocus();
}

} // namespace viva
