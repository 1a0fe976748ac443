// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/project/project.h"
#include "core/store/clip_store.h"
#include "ui/bridge/clip_source.h"
#include "ui/bridge/serial_queue.h"

#include <QPointer>

#include <atomic>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace viva {

/// The clips of the project: the window's one door to them, for looking and for editing.
///
/// Two threads, each with a connection of its own: one answers questions, one writes, so that a
/// long edit never holds up the table. Commands return at once and are done in order; changed() and
/// historyChanged() follow on the GUI thread. The destructor finishes what was asked for.
class ProjectClips : public ClipSource {
    Q_OBJECT

public:
    using Failed = std::function<void(const ErrorInfo&)>;
    using Mutate = ClipMutation;

    explicit ProjectClips(std::filesystem::path folder, QObject* parent = nullptr);
    ~ProjectClips() override;

    /// Opens (or makes) the project; opened() or failed() follows. Questions wait for it.
    void open();
    [[nodiscard]] bool isOpen() const { return m_opened; }
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    void find(const ClipFilter& filter, std::function<void(ClipList)> done) override;
    void load(std::vector<ClipId> ids, std::function<void(std::vector<ClipRow>)> done) override;
    void askFacets(std::function<void(ClipFacets)> done) override;
    [[nodiscard]] std::filesystem::path audioFile(const ClipRecord& clip) const override;
    [[nodiscard]] bool editable() const override { return true; }

    /// Changes each of the clips as it then stands in the project; one edit, one undo.
    void change(const QString& label, std::vector<ClipId> ids, Mutate mutate, Failed failed = {});
    void remove(const QString& label, std::vector<ClipId> ids);
    void undo(std::function<void()> done = {});
    void redo(std::function<void()> done = {});
    [[nodiscard]] const QString& undoLabel() const { return m_undo; } ///< empty: nothing to undo
    [[nodiscard]] const QString& redoLabel() const { return m_redo; }
    /// Counts what was asked to be written; an answer to a question from before may be old.
    [[nodiscard]] std::uint64_t writesAsked() const { return m_writesAsked; }
    /// Others (an import) have written: everything is to be read anew.
    void refresh();

    /// Any other work on the project, on the writing thread: `work(Project&)` there, `done` with
    /// its result on the GUI thread unless `context` is gone. Without `onFailed`, failed() is
    /// emitted.
    template<typename Work, typename Done>
    void write(QObject* context, Work work, Done done, Failed onFailed = {}) {
        ++m_writesAsked;
        whenOpen([this, guard = QPointer<QObject>(context), work = std::move(work),
                  done = std::move(done), onFailed = std::move(onFailed)] {
            m_writer->post([=, this] { run(m_project, guard, work, done, onFailed, true); });
        });
    }
    /// Work in its turn on the writing thread that leaves the clips and their history alone, such
    /// as a file beside them; trouble is failed().
    void writeAside(std::function<void(const Project&)> work);
    /// The same as write() for questions, on the reading thread; `work(const ClipStore&)`.
    template<typename Work, typename Done>
    void read(QObject* context, Work work, Done done, Failed onFailed = {}) {
        const auto asked = [this, work = std::move(work)](Project&) {
            return work(std::as_const(*m_readClips));
        };
        whenOpen([this, guard = QPointer<QObject>(context), asked, done = std::move(done),
                  onFailed = std::move(onFailed)] {
            m_reader->post([=, this] { run(m_readProject, guard, asked, done, onFailed, false); });
        });
    }

signals:
    void opened();
    void historyChanged();

private:
    template<typename Work, typename Done>
    void run(std::optional<Project>& project, const QPointer<QObject>& guard, const Work& work,
             const Done& done, const Failed& onFailed, bool writes) {
        try {
            require(project, writes);
            using Result = std::invoke_result_t<const Work&, Project&>;
            auto result = std::make_shared<Result>(work(*project));
            const History history = writes ? historyOf(*project) : History{};
            reply([this, guard, result, done, writes, history] {
                if (writes)
                    setHistory(history);
                if (guard)
                    done(std::move(*result));
                if (writes)
                    emit changed();
            });
        } catch (...) {
            const ErrorInfo error = currentErrorInfo();
            reply([this, guard, error, onFailed] { fail(guard, error, onFailed); });
        }
    }

    struct History {
        QString undo;
        QString redo;
    };

    /// At once, or as soon as the project is open.
    void whenOpen(std::function<void()> job);
    void require(std::optional<Project>& project, bool writes);
    static History historyOf(Project& project);
    void setHistory(const History& history);
    void fail(const QPointer<QObject>& guard, const ErrorInfo& error, const Failed& onFailed);
    void reply(std::function<void()> job);

    // immutable
    const std::filesystem::path m_folder;

    // shared
    std::atomic<std::uint64_t> m_latestFind{0};

    // writing thread only
    std::optional<Project> m_project;

    // reading thread only
    std::optional<Project> m_readProject;
    std::optional<ClipStore> m_readClips;

    // GUI thread only
    QString m_undo;
    QString m_redo;
    std::uint64_t m_writesAsked = 0;
    bool m_opened = false;
    std::vector<std::function<void()>> m_waiting;

    std::unique_ptr<SerialQueue>
        m_writer; ///< last, so that everything they use is there before them
    std::unique_ptr<SerialQueue> m_reader;
};

} // namespace viva
