// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/clip_edit.h"
#include "ui/bridge/clip_source.h"
#include "ui/bridge/task_runner.h"

#include <QFrame>

#include <filesystem>

class QLabel;

namespace viva {

class ClipEditor;
class SoundDeck;

/// One clip: to hear, to see as sound and as the model hears it, and to label.
class ClipCard : public QFrame {
    Q_OBJECT

public:
    ClipCard(TaskRunner& tasks, QWidget* parent = nullptr);

    /// Another clip, or the one that is shown as it is now.
    void setClip(const ClipRow& row, const std::filesystem::path& audio, bool editable);
    void clear();
    [[nodiscard]] const ClipRecord& clip() const { return m_clip; }
    [[nodiscard]] ClipId clipId() const { return m_clip.id; }
    bool playPause();
    void stop(); ///< silent at once
    [[nodiscard]] ClipEditor& editor() { return *m_editor; }

signals:
    void failed(const QString& sentence);
    void locateRequested(); ///< the sound is missing and is to be pointed at
    void soundEditRequested(const viva::AudioEdit& edit);
    void removeRequested();
    void copyRequested();

private:
    QWidget* createHeadRow();
    QWidget* createMissingRow();
    QWidget* createEditorPanel();
    void connectSignals();

    ClipRecord m_clip;
    bool m_editable = false;
    std::filesystem::path m_audio;
    QLabel* m_title = nullptr;
    QLabel* m_facts = nullptr;
    QWidget* m_remove = nullptr;
    QWidget* m_copy = nullptr;
    QWidget* m_missing = nullptr;
    QLabel* m_missingText = nullptr;
    SoundDeck* m_deck = nullptr;
    ClipEditor* m_editor = nullptr;
};

} // namespace viva
