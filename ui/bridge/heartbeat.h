// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

namespace viva {

/// Measures how late the event loop is: a timer of 5 ms that notes its worst delay.
class Heartbeat : public QObject {
    Q_OBJECT

public:
    static constexpr int kIntervalMs = 5;

    explicit Heartbeat(QObject* parent = nullptr);

    void start();
    void stop();
    /// The longest time the loop was busy with something else since start(), in milliseconds.
    [[nodiscard]] double worstDelayMs() const { return m_worstMs; }
    /// The same without the time in which this thread was ready but other programs had the
    /// processor; what the window itself is to blame for, on a busy machine too.
    [[nodiscard]] double worstOwnDelayMs() const { return m_worstOwnMs; }
    [[nodiscard]] int beats() const { return m_beats; }

private:
    void onBeat();

    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_worstMs = 0;
    double m_worstOwnMs = 0;
    double m_waitedMs = 0; ///< for a processor, as the system counts it
    int m_beats = 0;
};

} // namespace viva
