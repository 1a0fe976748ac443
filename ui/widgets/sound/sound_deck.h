// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/clip_edit.h"
#include "ui/bridge/task_runner.h"

#include <QFrame>

#include <filesystem>

class QComboBox;
class QLabel;
class QToolButton;

namespace viva {

class ClipPlayer;
class SoundView;

/// A clip to look at, to hear and to cut: a SoundView over a row with play, loop, speed, picture,
/// zoom and, where editing is allowed, trim, gain and normalise.
class SoundDeck : public QFrame {
    Q_OBJECT

public:
    explicit SoundDeck(TaskRunner& tasks, QWidget* parent = nullptr);
    ~SoundDeck() override;

    void setClip(const std::filesystem::path& path, double fromSec = 0, double toSec = -1);
    void clear(const QString& hint = {});
    /// Shows trim, gain and normalise; off at first.
    void setEditable(bool editable);
    bool playPause(); ///< false when there is nothing to play
    void stop();      ///< silent at once; call when the page is left

    [[nodiscard]] SoundView& view() { return *m_view; }

signals:
    void clipLoaded();
    void failed(const QString& sentence);
    /// Trim to the selection, gain or normalise was asked for; the owner applies it (editClipAudio)
    /// and shows the new file.
    void editRequested(const viva::AudioEdit& edit);

private:
    QWidget* createBar();
    void connectSignals();
    void playFrom(double seconds);
    void onPosition(double seconds);
    void onPlaying(bool playing);
    void showTime(double seconds);
    void askGain(QWidget* button);

    SoundView* m_view;
    ClipPlayer* m_player;
    std::filesystem::path m_path;
    double m_startSec = 0;
    double m_atSec = 0;    ///< what was heard last
    bool m_paused = false; ///< by the person, to go on from there
    QToolButton* m_play = nullptr;
    QToolButton* m_loop = nullptr;
    QComboBox* m_speed = nullptr;
    QComboBox* m_picture = nullptr;
    QLabel* m_time = nullptr;
    QLabel* m_facts = nullptr;
    QWidget* m_edits = nullptr;
    QToolButton* m_trim = nullptr;
};

} // namespace viva
