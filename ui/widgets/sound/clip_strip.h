// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"
#include "ui/bridge/task_runner.h"

#include <QFrame>

#include <filesystem>
#include <memory>

class QLabel;
class QToolButton;

namespace viva {

class ClipPlayer;
class WaveformView;
class WaveformSummary;

/// A clip to look at and to hear: play button, waveform with cursor and selection, time. Reading
/// and decoding happen off the GUI thread.
class ClipStrip : public QFrame {
    Q_OBJECT

public:
    ClipStrip(TaskRunner& tasks, QWidget* parent = nullptr);
    ~ClipStrip() override;

    void setClip(const std::filesystem::path& path);
    void clear(const QString& hint);
    bool playPause(); ///< false when there is nothing to play
    void setLooping(bool looping) { m_looping = looping; }
    [[nodiscard]] WaveformView& waveform() { return *m_wave; }
    [[nodiscard]] const std::shared_ptr<const AudioBuffer>& buffer() const { return m_buffer; }

signals:
    void clipLoaded();
    void failed(const QString& sentence);

private:
    void connectSignals();
    void playFrom(double seconds);
    void onPosition(double seconds);
    void onPlaying(bool playing);
    void showTime(double seconds);

    TaskChannel m_loads;
    ClipPlayer* m_player;
    WaveformView* m_wave;
    QToolButton* m_play;
    QLabel* m_time;
    std::shared_ptr<const AudioBuffer> m_buffer;
    bool m_looping = false;
    bool m_stopWished = false;
};

} // namespace viva
