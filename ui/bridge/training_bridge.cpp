// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/training_bridge.h"

#include <utility>

namespace viva {

TrainingBridge::TrainingBridge(QObject* parent) : QObject(parent) {
    qRegisterMetaType<EventBatch>();
    m_beat.setSingleShot(true);
    m_beat.setTimerType(Qt::PreciseTimer);
    connect(&m_beat, &QTimer::timeout, this, &TrainingBridge::flush);
}

void TrainingBridge::onEvent(const TrainingEvent& event) {
    // Groups come many to a step and belong to the beat as steps do; the rest is for people at
    // once.
    const bool urgent =
        !std::holds_alternative<StepEvent>(event) && !std::holds_alternative<GroupEvent>(event);
    bool wake = false;
    {
        const std::lock_guard lock(m_mutex);
        m_pending.push_back(event);
        wake = !m_wakePosted || (urgent && !m_urgent);
        m_wakePosted = true;
        m_urgent = m_urgent || urgent;
    }
    if (wake)
        QMetaObject::invokeMethod(this, &TrainingBridge::onWoken, Qt::QueuedConnection);
}

void TrainingBridge::onWoken() {
    bool urgent = false;
    {
        const std::lock_guard lock(m_mutex);
        urgent = m_urgent;
    }
    const qint64 since = m_sinceFlush.isValid() ? m_sinceFlush.elapsed() : kBeatMs;
    if (urgent || since >= kBeatMs)
        flush();
    else if (!m_beat.isActive())
        m_beat.start(static_cast<int>(kBeatMs - since));
}

void TrainingBridge::flush() {
    auto batch = std::make_shared<std::vector<TrainingEvent>>();
    {
        const std::lock_guard lock(m_mutex);
        std::swap(*batch, m_pending);
        m_wakePosted = false;
        m_urgent = false;
    }
    m_beat.stop();
    if (batch->empty())
        return;
    m_sinceFlush.restart();
    emit eventsArrived(batch);
}

} // namespace viva
