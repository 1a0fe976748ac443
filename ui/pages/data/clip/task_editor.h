// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/utterance.h"

#include <QFrame>

#include <optional>
#include <vector>

class QComboBox;
class QLabel;
class QToolButton;
class QVBoxLayout;

namespace viva {

class TextField;

/// One thing that is asked of a clip: what kind, the question or instruction, and every answer that
/// is right. A task that is not whole says what is missing, and is not kept until it is.
class TaskEditor : public QFrame {
    Q_OBJECT

public:
    explicit TaskEditor(QWidget* parent = nullptr);

    /// Puts what the project has into the fields.
    void load(const UtteranceTask& task);
    /// What the project has now; typed text that was not kept yet stays.
    void setKept(const UtteranceTask& task);
    void setReadOnly(bool readOnly);
    /// As it stands in the fields; without empty references.
    [[nodiscard]] UtteranceTask typed() const;
    /// Puts it into the fields as if it had been typed.
    void setTyped(const UtteranceTask& task);
    [[nodiscard]] bool isWhole() const;
    [[nodiscard]] bool isDirty() const;
    /// What the project should have: the typed task where it is whole, else the one it has.
    [[nodiscard]] std::optional<UtteranceTask> wanted() const;
    void focusFirstGap();

signals:
    void committed(); ///< something was changed to stay
    void typing();
    void removeRequested();

private:
    void addReference();
    void removeReference(TextField* field);
    void numberReferences();
    void keepFields();
    void showWordsOfTask();
    void chooseTask(int index);
    void showProblems();

    std::optional<UtteranceTask> m_kept;
    bool m_readOnly = false;
    QComboBox* m_task = nullptr;
    QToolButton* m_remove = nullptr;
    QLabel* m_questionLabel = nullptr;
    TextField* m_question = nullptr;
    QLabel* m_problem = nullptr;
    QVBoxLayout* m_references = nullptr;
    QList<TextField*> m_fields;
    QWidget* m_another = nullptr;
};

} // namespace viva
