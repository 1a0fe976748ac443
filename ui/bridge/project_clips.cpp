// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/bridge/project_clips.h"

#include "core/base/folder_path.h"

namespace viva {
namespace {

QString labelOf(const std::optional<std::string>& label) {
    return label ? QString::fromStdString(*label) : QString();
}

/// What only shows up as an answer that nobody needs.
struct Nothing {};

} // namespace

ProjectClips::ProjectClips(std::filesystem::path folder, QObject* parent)
    : ClipSource(parent), m_folder(folderPath(folder)), m_writer(std::make_unique<SerialQueue>()),
      m_reader(std::make_unique<SerialQueue>()) {}

ProjectClips::~ProjectClips() {
    m_reader.reset();
    m_writer.reset();
    m_readClips.reset();
}

void ProjectClips::reply(std::function<void()> job) {
    QMetaObject::invokeMethod(this, std::move(job), Qt::QueuedConnection);
}

void ProjectClips::require(std::optional<Project>& project, bool writes) {
    if (project)
        return;
    project.emplace(Project::open(m_folder));
    if (!writes)
        m_readClips.emplace(project->store());
}

ProjectClips::History ProjectClips::historyOf(Project& project) {
    const ClipStore clips(project.store());
    return {labelOf(clips.undoLabel()), labelOf(clips.redoLabel())};
}

void ProjectClips::setHistory(const History& history) {
    if (history.undo == m_undo && history.redo == m_redo)
        return;
    m_undo = history.undo;
    m_redo = history.redo;
    emit historyChanged();
}

void ProjectClips::fail(const QPointer<QObject>& guard, const ErrorInfo& error,
                        const Failed& onFailed) {
    if (onFailed && guard)
        onFailed(error);
    else
        emit failed(QString::fromStdString(error.text()));
}

void ProjectClips::open() {
    const auto nothing = [](Project&) { return Nothing{}; };
    const auto done = [this](Nothing) {
        if (m_opened)
            return;
        m_opened = true;
        for (const auto& job : std::exchange(m_waiting, {}))
            job();
        emit opened();
    };
    m_writer->post([=, this] { run(m_project, QPointer<QObject>(this), nothing, done, {}, true); });
}

void ProjectClips::whenOpen(std::function<void()> job) {
    if (m_opened)
        job();
    else
        m_waiting.push_back(std::move(job));
}

void ProjectClips::refresh() {
    write(
        this, [](Project&) { return Nothing{}; }, [](Nothing) {});
}

void ProjectClips::writeAside(std::function<void(const Project&)> work) {
    whenOpen([this, work = std::move(work)] {
        m_writer->post([this, work] {
            try {
                work(*m_project);
            } catch (...) {
                const ErrorInfo error = currentErrorInfo();
                reply([this, error] { fail({}, error, {}); });
            }
        });
    });
}

void ProjectClips::find(const ClipFilter& filter, std::function<void(ClipList)> done) {
    const std::uint64_t serial = ++m_latestFind;
    read(
        this,
        [this, filter, serial](const ClipStore& clips) {
            // A search that was overtaken while it waited is not worth its time.
            if (serial != m_latestFind)
                return ClipList{};
            return clips.list(filter);
        },
        [this, serial, done = std::move(done)](ClipList found) {
            if (serial == m_latestFind)
                done(std::move(found));
        });
}

void ProjectClips::load(std::vector<ClipId> ids, std::function<void(std::vector<ClipRow>)> done) {
    read(
        this,
        [this, ids = std::move(ids)](const ClipStore& clips) {
            std::vector<ClipRow> rows;
            for (ClipRecord& clip : clips.clips(ids)) {
                std::error_code failure;
                const bool there = std::filesystem::exists(audioFile(clip), failure);
                rows.push_back({std::move(clip), !there});
            }
            return rows;
        },
        std::move(done));
}

void ProjectClips::askFacets(std::function<void(ClipFacets)> done) {
    read(
        this, [](const ClipStore& clips) { return clips.facets(); }, std::move(done));
}

std::filesystem::path ProjectClips::audioFile(const ClipRecord& clip) const {
    return m_folder / clip.utterance.audioPath;
}

void ProjectClips::change(const QString& label, std::vector<ClipId> ids, Mutate mutate,
                          Failed onFailed) {
    write(
        this,
        [label = label.toStdString(), ids = std::move(ids), mutate = std::move(mutate)](
            Project& project) { return ClipStore(project.store()).change(label, ids, mutate); },
        [](std::size_t) {}, std::move(onFailed));
}

void ProjectClips::remove(const QString& label, std::vector<ClipId> ids) {
    write(
        this,
        [label = label.toStdString(), ids = std::move(ids)](Project& project) {
            return ClipStore(project.store()).remove(label, ids);
        },
        [](std::size_t) {});
}

void ProjectClips::undo(std::function<void()> done) {
    write(
        this, [](Project& project) { return ClipStore(project.store()).undo(); },
        [done = std::move(done)](const std::optional<std::string>&) {
            if (done)
                done();
        });
}

void ProjectClips::redo(std::function<void()> done) {
    write(
        this, [](Project& project) { return ClipStore(project.store()).redo(); },
        [done = std::move(done)](const std::optional<std::string>&) {
            if (done)
                done();
        });
}

} // namespace viva
