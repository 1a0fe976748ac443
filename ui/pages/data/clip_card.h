// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/bridge/clip_source.h"
#include "ui/bridge/task_runner.h"

#include <QFrame>

#include <filesystem>

class QLabel;

namespace viva {

class ClipEditor;
class ClipStrip;
class MelView;

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
    [[nodiscard]] ClipEditor& editor() { return *m_editor; }

signals:
    void failed(const QString& sentence);
    void locateRequested(); ///< the sound is missing and is to be pointed at
    void removeRequested();
    void copyRequested();

private:
    QWidget* createHeadRow();
    QWidget* createMissingRow();
    QWidget* createSoundPanel(TaskRunner& tasks);
    QWidget* createEditorPanel();
    void connectSignals();
    void onClipLoaded();

    TaskChannel m_mel;
    ClipRecord m_clip;
    bool m_editable = false;
    std::filesystem::path m_audio;
    QLabel* m_title = nullptr;
    QLabel* m_facts = nullptr;
    QWidget* m_remove = nullptr;
    QWidget* m_copy = nullptr;
    QWidget* m_missing = nullptr;
    QLabel* m_missingText = nullptr;
    QWidget* m_sound = nullptr;
    ClipStrip* m_strip = nullptr;
    MelView* m_picture = nullptr;
    ClipEditor* m_editor = nullptr;
};

} // namespace viva
