// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/data/clip/task_editor.h"

#include "ui/models/clips/clip_text.h"
#include "ui/models/format.h"
#include "ui/theme/icons.h"
#include "ui/theme/type_scale.h"
#include "ui/widgets/edit_field.h"
#include "ui/widgets/wrapped_label.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QLabel>
#include <QPushButton>
#include <QToolButton>

#include <algorithm>

namespace viva {
namespace {

constexpr int kTaskLabelWidth = 80;
constexpr int kTaskLabelDrop = 6; ///< to the line of the text in the field beside it
constexpr const char* kTasks[] = {"sqa", "ast", "asr"};

QLabel* fieldLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("look", "muted");
    label->setFixedWidth(kTaskLabelWidth);
    label->setContentsMargins(0, kTaskLabelDrop, 0, 0);
    return label;
}

} // namespace

TaskEditor::TaskEditor(QWidget* parent) : QFrame(parent) {
    setProperty("look", "inset");
    m_task = new QComboBox(this);
    for (const char* task : kTasks)
        m_task->addItem(taskWord(task), QString::fromLatin1(task));
    m_task->setAccessibleName(tr("Task"));
    m_remove = new QToolButton(this);
    m_remove->setIcon(themedIcon(QStringLiteral("remove"), IconTint::Muted));
    m_remove->setToolTip(tr("Remove this task"));
    m_remove->setAccessibleName(tr("Remove this task"));
    m_questionLabel = fieldLabel({}, this);
    m_question = new TextField(this);
    m_problem = wrappedLabel(this, "warningText");
    auto* another = new QPushButton(tr("+ another reference"), this);
    another->setProperty("look", "quiet");
    another->setToolTip(tr("Add another answer that is right too"));
    m_another = another;

    auto* first = new QHBoxLayout;
    QLabel* taskLabel = fieldLabel(tr("Task"), this);
    taskLabel->setContentsMargins(0, 0, 0, 0); // its row has one height
    first->addWidget(taskLabel);
    first->addWidget(m_task);
    first->addStretch();
    first->addWidget(m_remove);
    auto* second = new QHBoxLayout;
    for (QHBoxLayout* row : {first, second})
        row->setSpacing(kGrid);
    second->addWidget(m_questionLabel, 0, Qt::AlignTop);
    second->addWidget(m_question, 1);
    m_references = new QVBoxLayout;
    m_references->setSpacing(kHalfGrid);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(kGrid, kGrid, kGrid, kGrid);
    column->setSpacing(kHalfGrid);
    column->addLayout(first);
    column->addLayout(second);
    column->addLayout(m_references);
    auto* last = new QHBoxLayout;
    last->setContentsMargins(kTaskLabelWidth, 0, 0, 0);
    last->addWidget(another);
    last->addStretch();
    column->addLayout(last);
    column->addWidget(m_problem);

    connect(m_task, &QComboBox::activated, this, &TaskEditor::chooseTask);
    connect(m_remove, &QToolButton::clicked, this, &TaskEditor::removeRequested);
    connect(m_question, &TextField::committed, this, &TaskEditor::committed);
    connect(m_question, &QPlainTextEdit::textChanged, this, [this] {
        showProblems();
        emit typing();
    });
    connect(another, &QPushButton::clicked, this, [this] {
        addReference();
        m_fields.back()->setFocus();
    });
    setTyped({"sqa", {}, {}, {}, {}, {}});
}

void TaskEditor::showWordsOfTask() {
    const std::string task = m_task->currentData().toString().toStdString();
    m_questionLabel->setText(task == "sqa" ? tr("Question") : tr("Instruction"));
    m_question->setAccessibleName(m_questionLabel->text());
    const QString usual = defaultQuestion(task);
    m_question->setPlaceholderText(usual.isEmpty() ? tr("What is asked about the clip?") : usual);
}

void TaskEditor::chooseTask(int index) {
    const std::string task = kTasks[index];
    showWordsOfTask();
    // The usual words of one task are not what another one asks.
    const QString own = m_question->text();
    const bool usual =
        own.isEmpty() || std::any_of(std::begin(kTasks), std::end(kTasks), [&](const char* other) {
            return own == defaultQuestion(other);
        });
    if (usual)
        m_question->setPlainText(defaultQuestion(task));
    showProblems();
    emit typing();
    if (isWhole())
        emit committed();
}

void TaskEditor::load(const UtteranceTask& task) {
    m_kept = task;
    setTyped(task);
    keepFields();
}

void TaskEditor::setKept(const UtteranceTask& task) {
    if (m_kept && !isDirty() && *m_kept != task) {
        load(task);
        return;
    }
    m_kept = task;
    if (typed() == task)
        keepFields();
}

void TaskEditor::keepFields() {
    m_question->setKept(m_question->text());
    for (TextField* field : std::as_const(m_fields))
        field->setKept(field->text());
}

void TaskEditor::addReference() {
    auto* row = new QWidget(this);
    auto* field = new TextField(row);
    field->setReadOnly(m_readOnly);
    auto* remove = new QToolButton(row);
    remove->setIcon(themedIcon(QStringLiteral("close"), IconTint::Muted));
    remove->setToolTip(tr("Remove this reference"));
    remove->setObjectName(QStringLiteral("removeReference"));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(kGrid);
    layout->addWidget(fieldLabel({}, row), 0, Qt::AlignTop);
    layout->addWidget(field, 1);
    layout->addWidget(remove, 0, Qt::AlignTop);
    m_references->addWidget(row);
    row->show(); // now, so that it can take the focus
    m_fields << field;
    connect(field, &TextField::committed, this, &TaskEditor::committed);
    connect(field, &QPlainTextEdit::textChanged, this, [this] {
        showProblems();
        emit typing();
    });
    connect(remove, &QToolButton::clicked, this, [this, field] {
        removeReference(field);
        emit committed();
    });
    numberReferences();
}

void TaskEditor::removeReference(TextField* field) {
    m_fields.removeOne(field);
    field->parentWidget()->deleteLater();
    field->parentWidget()->hide();
    numberReferences();
    showProblems();
}

void TaskEditor::numberReferences() {
    for (qsizetype index = 0; index < m_fields.size(); ++index) {
        QWidget* row = m_fields[index]->parentWidget();
        const QString name =
            m_fields.size() == 1 ? tr("Reference") : tr("Reference %1").arg(index + 1);
        row->findChild<QLabel*>()->setText(name);
        m_fields[index]->setAccessibleName(name);
        auto* remove = row->findChild<QToolButton*>();
        remove->setVisible(m_fields.size() > 1 && !m_readOnly);
        remove->setAccessibleName(tr("Remove %1").arg(name));
    }
}

void TaskEditor::setReadOnly(bool readOnly) {
    m_readOnly = readOnly;
    m_task->setEnabled(!readOnly);
    m_remove->setVisible(!readOnly);
    m_another->setVisible(!readOnly);
    m_question->setReadOnly(readOnly);
    for (TextField* field : std::as_const(m_fields))
        field->setReadOnly(readOnly);
    numberReferences();
    showProblems();
}

UtteranceTask TaskEditor::typed() const {
    UtteranceTask task = m_kept.value_or(UtteranceTask{});
    task.task = m_task->currentData().toString().toStdString();
    task.question = m_question->text().trimmed().toStdString();
    std::vector<std::string> references;
    for (const TextField* field : m_fields)
        if (const QString text = field->text().trimmed(); !text.isEmpty())
            references.push_back(text.toStdString());
    // Targets, style and further right answers belong to the references they were written for.
    if (references != task.references) {
        task.style.clear();
        task.variants.clear();
        task.baseTargets.clear();
    }
    task.references = std::move(references);
    return task;
}

void TaskEditor::setTyped(const UtteranceTask& task) {
    if (const int index = m_task->findData(QString::fromStdString(task.task)); index >= 0)
        m_task->setCurrentIndex(index);
    showWordsOfTask();
    m_question->setPlainText(QString::fromStdString(task.question));
    const auto count = static_cast<qsizetype>(std::max<std::size_t>(task.references.size(), 1));
    while (m_fields.size() > count)
        removeReference(m_fields.back());
    while (m_fields.size() < count)
        addReference();
    for (qsizetype index = 0; index < count; ++index)
        m_fields[index]->setPlainText(
            task.references.empty()
                ? QString()
                : QString::fromStdString(task.references[static_cast<std::size_t>(index)]));
    showProblems();
}

bool TaskEditor::isWhole() const {
    return !problemOf(typed()).any();
}

bool TaskEditor::isDirty() const {
    return !m_kept || typed() != *m_kept;
}

std::optional<UtteranceTask> TaskEditor::wanted() const {
    return isWhole() ? typed() : m_kept;
}

void TaskEditor::focusFirstGap() {
    if (m_question->text().trimmed().isEmpty())
        m_question->setFocus();
    else if (!m_fields.isEmpty())
        m_fields.front()->setFocus();
}

void TaskEditor::showProblems() {
    const TaskProblem problem = m_readOnly ? TaskProblem{} : problemOf(typed());
    m_problem->setText(problem.question.isEmpty() ? problem.references : problem.question);
    m_problem->setVisible(problem.any());
    setProblem(m_question, !problem.question.isEmpty());
    if (!m_fields.isEmpty())
        setProblem(m_fields.front(), !problem.references.isEmpty());
}

} // namespace viva
