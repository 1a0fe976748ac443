// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/soundcard/device_list.h"
#include "core/soundcard/recorder.h"

#include <QObject>
#include <QString>
#include <QTimer>

#include <filesystem>
#include <memory>

namespace viva {

/// A Recorder that never holds up the window: opening a sound device takes its time, so a thread of
/// its own owns the Recorder, and the GUI thread leaves wishes and looks at the level 30 times a
/// second. All methods return at once and belong to the GUI thread; tests put their own in place.
class ClipRecorder : public QObject {
    Q_OBJECT

public:
    explicit ClipRecorder(QObject* parent = nullptr);
    ~ClipRecorder() override;

    /// Looks what is plugged in; the microphone is let go for a moment and taken again. Not while
    /// recording. devicesChanged() follows.
    virtual void refreshDevices();
    virtual void listen(const QString& device); ///< empty = the system's default
    virtual void release();                     ///< gives the microphone back
    /// takeEnded() or failed() follows, sooner or later.
    virtual void start(const std::filesystem::path& file);
    virtual void stop();
    virtual void resetClip();

    [[nodiscard]] const RecorderStatus& status() const { return m_status; }
    [[nodiscard]] const QList<AudioDevice>& devices() const { return m_devices; }

signals:
    void statusChanged(); ///< level, clock and state; also when nothing moved
    void devicesChanged();
    void takeEnded(const viva::RecordedTake& take);
    void failed(const QString& sentence);

protected:
    struct Quiet {};
    explicit ClipRecorder(Quiet, QObject* parent = nullptr); ///< without a thread: for tests
    void setStatus(const RecorderStatus& status);
    void setDevices(const QList<AudioDevice>& devices);

private:
    struct Worker;
    void poll();

    std::unique_ptr<Worker> m_worker;
    QTimer m_timer;
    RecorderStatus m_status;
    QList<AudioDevice> m_devices;
};

} // namespace viva
