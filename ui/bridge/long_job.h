// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QObject>
#include <QPointer>
#include <QString>

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>

namespace viva {

/// One piece of work of seconds or minutes on a thread of its own, with progress and Stop: an
/// import, an export. Lives on the GUI thread; one at a time. The destructor asks it to stop and
/// waits.
class LongJob : public QObject {
    Q_OBJECT

public:
    /// Says how far it is; may be called from the job's thread as often as it likes.
    using Progress = std::function<void(double fraction, const QString& text)>;
    using Failed = std::function<void(const ErrorInfo&)>;

    using QObject::QObject;
    ~LongJob() override;

    /// `work(stop, progress)` there; `done` with its result, or `failed`, on the GUI thread.
    template<typename Work, typename Done>
    void start(Work work, Done done, Failed failed) {
        const Progress progress = [this](double fraction, const QString& text) {
            tell(fraction, text);
        };
        begin([work = std::move(work), done = std::move(done), failed = std::move(failed),
               progress](const std::stop_token& stop) mutable -> std::function<void()> {
            try {
                auto result =
                    std::make_shared<std::invoke_result_t<Work, std::stop_token, Progress>>(
                        work(stop, progress));
                return [result, done] { done(std::move(*result)); };
            } catch (...) {
                const ErrorInfo error = currentErrorInfo();
                return [error, failed] { failed(error); };
            }
        });
    }
    void stop();
    [[nodiscard]] bool running() const { return m_running; }

signals:
    void progressed(double fraction, const QString& text);
    void runningChanged(bool running);

private:
    void begin(std::function<std::function<void()>(const std::stop_token&)> job);
    void tell(double fraction, const QString& text);

    // shared, guarded by m_mutex: only the newest progress travels
    std::mutex m_mutex;
    double m_fraction = 0;
    QString m_text;
    bool m_posted = false;

    // GUI thread only
    bool m_running = false;
    std::jthread m_thread;
};

} // namespace viva
