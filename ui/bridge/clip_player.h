// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/soundcard/play_source.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
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
    /// A sound file, or the stretch of it that begins at `offsetSec`: the range and the positions
    /// count from there. Of a long file only what is to be heard is read, ten minutes at a time.
    void playFile(const std::filesystem::path& path, double offsetSec, const PlayRange& range);
    void stop();
    [[nodiscard]] bool playing() const { return m_playing; }

signals:
    void positionChanged(double seconds);
    void playingChanged(bool playing);
    void failed(const QString& sentence);

private:
    void begin();
    void poll();

    struct Worker;
    std::unique_ptr<Worker> m_worker;
    QTimer m_timer;
    bool m_playing = false;
};

} // namespace viva
