// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/heartbeat.h"

#include <algorithm>

namespace viva {

Heartbeat::Heartbeat(QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &Heartbeat::onBeat);
}

void Heartbeat::start() {
    m_worstMs = 0;
    m_beats = 0;
    m_clock.start();
    m_timer.start();
}

void Heartbeat::stop() {
    m_timer.stop();
}

void Heartbeat::onBeat() {
    const double sinceMs = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
    m_worstMs = std::max(m_worstMs, sinceMs - kIntervalMs);
    ++m_beats;
    m_clock.start();
}

} // namespace viva
