// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/heartbeat.h"

#include <QFile>

#include <algorithm>

namespace viva {

namespace {

/// How long this thread was ready to run without running, in all; 0 where the system does not say.
double waitedForProcessorMs() {
    QFile file(QStringLiteral("/proc/thread-self/schedstat"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    const QList<QByteArray> words = file.readAll().split(' ');
    return words.size() > 1 ? words[1].toDouble() / 1e6 : 0;
}

} // namespace

Heartbeat::Heartbeat(QObject* parent) : QObject(parent) {
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.setInterval(kIntervalMs);
    connect(&m_timer, &QTimer::timeout, this, &Heartbeat::onBeat);
}

void Heartbeat::start() {
    m_worstMs = 0;
    m_worstOwnMs = 0;
    m_waitedMs = waitedForProcessorMs();
    m_beats = 0;
    m_clock.start();
    m_timer.start();
}

void Heartbeat::stop() {
    m_timer.stop();
}

void Heartbeat::onBeat() {
    const double sinceMs = static_cast<double>(m_clock.nsecsElapsed()) / 1e6;
    const double waitedMs = waitedForProcessorMs();
    m_worstMs = std::max(m_worstMs, sinceMs - kIntervalMs);
    m_worstOwnMs = std::max(m_worstOwnMs, sinceMs - kIntervalMs - (waitedMs - m_waitedMs));
    m_waitedMs = waitedMs;
    ++m_beats;
    m_clock.start();
}

} // namespace viva
