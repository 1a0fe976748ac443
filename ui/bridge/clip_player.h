// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/audio/audio_buffer.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <memory>

namespace viva {

/// Plays clips without ever holding up the window: opening a sound device takes its time, so a
/// thread of its own owns the Player and the GUI thread only leaves wishes and reads the place.
class ClipPlayer : public QObject {
    Q_OBJECT

public:
    explicit ClipPlayer(QObject* parent = nullptr);
    ~ClipPlayer() override;

    void play(std::shared_ptr<const AudioBuffer> buffer, double fromSec = 0, double toSec = -1);
    void stop();
    [[nodiscard]] bool playing() const { return m_playing; }

signals:
    void positionChanged(double seconds);
    void playingChanged(bool playing);
    void failed(const QString& sentence);

private:
    void poll();

    struct Worker;
    std::unique_ptr<Worker> m_worker;
    QTimer m_timer;
    bool m_playing = false;
};

} // namespace viva
