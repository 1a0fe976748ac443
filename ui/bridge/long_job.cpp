// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/long_job.h"

namespace viva {

LongJob::~LongJob() {
    m_thread.request_stop();
    if (m_thread.joinable())
        m_thread.join();
}

void LongJob::begin(std::function<std::function<void()>(const std::stop_token&)> job) {
    if (m_running)
        return;
    if (m_thread.joinable())
        m_thread.join(); // it has delivered and is at its end
    m_running = true;
    emit runningChanged(true);
    m_thread = std::jthread([this, job = std::move(job)](const std::stop_token& stop) {
        std::function<void()> deliver = job(stop);
        QMetaObject::invokeMethod(
            this,
            [this, deliver = std::move(deliver)] {
                m_running = false;
                emit runningChanged(false);
                deliver();
            },
            Qt::QueuedConnection);
    });
}

void LongJob::stop() {
    m_thread.request_stop();
}

void LongJob::tell(double fraction, const QString& text) {
    const std::lock_guard lock(m_mutex);
    m_fraction = fraction;
    m_text = text;
    if (std::exchange(m_posted, true))
        return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            std::unique_lock inner(m_mutex);
            m_posted = false;
            const double now = m_fraction;
            const QString words = m_text;
            inner.unlock();
            emit progressed(now, words);
        },
        Qt::QueuedConnection);
}

} // namespace viva
