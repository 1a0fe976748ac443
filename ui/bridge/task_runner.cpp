// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/task_runner.h"

namespace viva {

TaskRunner::TaskRunner(int threads, QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(threads);
    m_pool.setThreadPriority(QThread::LowPriority);
}

TaskRunner::~TaskRunner() {
    m_pool.waitForDone();
}

void TaskRunner::post(QObject* context, std::function<std::function<void()>()> work) {
    m_pool.start([this, guard = QPointer<QObject>(context), work = std::move(work)] {
        std::function<void()> deliver = work();
        // The runner outlives its pool's jobs; the context may not, so it is only asked over there.
        QMetaObject::invokeMethod(
            this,
            [guard, deliver = std::move(deliver)] {
                if (guard)
                    deliver();
            },
            Qt::QueuedConnection);
    });
}

int TaskRunner::activeJobs() const {
    return m_pool.activeThreadCount();
}

} // namespace viva
