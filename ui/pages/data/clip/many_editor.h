// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/clip_records.h"

#include <QFrame>

#include <functional>

class QLabel;
class QPushButton;

namespace viva {

class ChoiceField;
class LineField;

/// What can be done to all chosen clips at once.
class ManyEditor : public QFrame {
    Q_OBJECT

public:
    using Mutate = std::function<void(ClipRecord&)>;

    explicit ManyEditor(QWidget* parent = nullptr);

    void setClips(std::size_t count, bool editable);
    void setTotals(const ClipTotals& totals);
    void setChoices(const ClipFacets& facets);

signals:
    /// "Split of 3 clips" is made of `what`.
    void changeRequested(const QString& what, const viva::ManyEditor::Mutate& mutate);
    void removeRequested();
    void copyRequested();

private:
    QWidget* createFields();
    void setSplit();
    void setSpeaker();
    void setLanguage();
    void addTags();
    void removeTags();
    void addTranscriptTask();

    QLabel* m_title = nullptr;
    QLabel* m_totals = nullptr;
    QWidget* m_fields = nullptr;
    ChoiceField* m_split = nullptr;
    ChoiceField* m_speaker = nullptr;
    ChoiceField* m_language = nullptr;
    LineField* m_addTags = nullptr;
    ChoiceField* m_removeTags = nullptr;
    QPushButton* m_remove = nullptr;
    QPushButton* m_copy = nullptr;
};

} // namespace viva
