// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <QObject>
#include <QPointer>
#include <QThreadPool>

#include <cstdint>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

namespace viva {

using JobId = std::uint64_t;

/// Runs short jobs (database queries, file reading) off the GUI thread. Lives on the GUI thread;
/// its destructor waits for the jobs in progress.
class TaskRunner : public QObject {
    Q_OBJECT

public:
    explicit TaskRunner(int threads = 2, QObject* parent = nullptr);
    ~TaskRunner() override;

    /// `work` runs on a pool thread; `deliver` afterwards on the GUI thread, unless `context` is
    /// gone.
    void post(QObject* context, std::function<std::function<void()>()> work);
    [[nodiscard]] int activeJobs() const;

private:
    QThreadPool m_pool;
};

/// One kind of question of one page ("the groups of this step"). A new question makes the answer to
/// an older one stale, and stale answers are dropped.
class TaskChannel {
public:
    /// `context` is the object the results are for; results after its death are dropped too.
    TaskChannel(TaskRunner& runner, QObject* context)
        : m_runner(runner), m_context(context), m_latest(std::make_shared<JobId>(0)) {}

    using Failed = std::function<void(const ErrorInfo&)>;

    /// Never blocks. `work` must not touch widgets; `done` and `failed` are called on the GUI
    /// thread.
    template<typename Work, typename Done>
    JobId start(Work work, Done done, Failed failed = {}) {
        using Result = std::invoke_result_t<Work>;
        const JobId id = ++*m_latest;
        auto latest = m_latest;
        m_runner.post(m_context,
                      [=, work = std::move(work), done = std::move(done),
                       failed = std::move(failed)]() -> std::function<void()> {
                          try {
                              auto result = std::make_shared<Result>(work());
                              return [=] {
                                  if (*latest == id)
                                      done(std::move(*result));
                              };
                          } catch (...) {
                              const ErrorInfo error = currentErrorInfo();
                              return [=] {
                                  if (*latest == id && failed)
                                      failed(error);
                              };
                          }
                      });
        return id;
    }

    /// Makes every answer still to come stale.
    void cancel() { ++*m_latest; }
    [[nodiscard]] JobId latest() const { return *m_latest; }

private:
    TaskRunner& m_runner;
    QObject* m_context;
    std::shared_ptr<JobId> m_latest; ///< GUI thread only
};

} // namespace viva
