// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/events/training_listener.h"
#include "ui/bridge/event_batch.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <mutex>

namespace viva {

/// Carries events from the trainer's thread to the window: the window's only TrainingListener.
///
/// onEvent() may be called from any thread and only appends to a list under a short lock. The GUI
/// thread takes the list at most 20 times a second and says it with one signal, so that the order
/// holds and the event loop is never flooded. Nothing is dropped: steps that arrive faster than
/// that travel together in one batch. An event other than a step does not wait for the next beat.
class TrainingBridge : public QObject, public TrainingListener {
    Q_OBJECT

public:
    /// At most one batch of steps in so many milliseconds.
    static constexpr int kBeatMs = 50;

    explicit TrainingBridge(QObject* parent = nullptr);

    void onEvent(const TrainingEvent& event) override; ///< any thread, never blocks for long

signals:
    void eventsArrived(const viva::EventBatch& batch); ///< on the GUI thread

private:
    void onWoken();
    void flush();

    // shared, guarded by m_mutex
    std::mutex m_mutex;
    std::vector<TrainingEvent> m_pending;
    bool m_wakePosted = false;
    bool m_urgent = false;

    // GUI thread only
    QTimer m_beat;
    QElapsedTimer m_sinceFlush;
};

} // namespace viva
