// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/store/clip_records.h"
#include "ui/models/clips/clip_drafts.h"

#include <QTimer>
#include <QWidget>

#include <functional>
#include <vector>

class QLabel;
class QVBoxLayout;

namespace viva {

class ChoiceField;
class LineField;
class TaskEditor;
class TextField;

/// Called when a change of a clip was not taken. False when nobody could show the words any more.
using ChangeRefused = std::function<bool(const ErrorInfo&)>;

/// The labels of one clip, edited where they stand.
///
/// A field is kept when it is left, and a short while after typing stopped; what cannot be kept (a
/// task without an answer, a name that is taken) stays as it was typed, with words beside it, also
/// when another clip is shown in between.
class ClipEditor : public QWidget {
    Q_OBJECT

public:
    using Mutate = std::function<void(ClipRecord&)>;

    explicit ClipEditor(QWidget* parent = nullptr);

    /// Another clip, or the same one as it is now.
    void setClip(const ClipRecord& clip, bool editable);
    [[nodiscard]] ClipId clipId() const { return m_clip.id; }
    [[nodiscard]] bool editable() const { return m_editable; }
    /// The next setClip() brings what the project has into every field, as after an undo.
    void reloadNext() { m_reload = true; }
    void setChoices(const ClipFacets& facets);
    /// Keeps everything that was typed and can be kept.
    void commit();
    /// What was typed before this window and could not be kept.
    void setDrafts(ClipDrafts drafts);
    [[nodiscard]] bool hasUnkept() const; ///< something here cannot be kept yet
    void focusFirst();
    /// Adds an empty task of a kind ("asr") and goes to it.
    void addTask(const std::string& task);

signals:
    void draftsChanged(const viva::ClipDrafts& drafts); ///< to be written down
    /// To be done to the clip of that number. `refused` may be empty.
    void changeRequested(viva::ClipId id, const QString& label,
                         const viva::ClipEditor::Mutate& mutate,
                         const viva::ChangeRefused& refused);

private:
    void createFields();
    void createTaskPart(QVBoxLayout& column);
    void connectFields();
    void showClip();
    void refreshClip(const ClipRecord& clip);
    TaskEditor* insertTask();
    void clearTasks();
    void setTasks(const std::vector<UtteranceTask>& tasks);
    void refreshTasks(const std::vector<UtteranceTask>& tasks);
    void commitName();
    void commitTasks();
    template<typename Field>
    void commitText(Field& field, const QString& what, std::string Utterance::*member);
    void request(const QString& what, Mutate mutate, QLabel* words = nullptr);
    void keepDraft();
    void sayDrafts();
    void showDraft();
    [[nodiscard]] std::vector<UtteranceTask> wantedTasks() const;

    ClipRecord m_clip;
    bool m_editable = false;
    bool m_showing = false;
    bool m_reload = false;
    QTimer m_idle;
    ClipDrafts m_drafts;  ///< of clips that are not shown
    ClipDrafts m_written; ///< as draftsChanged() said last

    LineField* m_name = nullptr;
    QLabel* m_nameProblem = nullptr;
    TextField* m_text = nullptr;
    ChoiceField* m_speaker = nullptr;
    ChoiceField* m_language = nullptr;
    ChoiceField* m_split = nullptr;
    LineField* m_tags = nullptr;
    TextField* m_notes = nullptr;
    QVBoxLayout* m_taskColumn = nullptr;
    QList<TaskEditor*> m_tasks;
    QWidget* m_addRow = nullptr;
};

} // namespace viva
