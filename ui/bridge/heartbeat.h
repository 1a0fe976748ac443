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
    [[nodiscard]] int beats() const { return m_beats; }

private:
    void onBeat();

    QTimer m_timer;
    QElapsedTimer m_clock;
    double m_worstMs = 0;
    int m_beats = 0;
};

} // namespace viva
